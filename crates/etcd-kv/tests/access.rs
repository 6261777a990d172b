//! Access control from outside: who may do what once it is on, and what a file keeps of it.

use etcd_kv::api::{Call, RangeRequest, Response};
use etcd_kv::auth::AccessError;
use etcd_kv::gateway::{Asked, parse, refusal, reply};
use etcd_kv::{Solo, Store, Version};

/// The body of the reply to a request, with a token.
fn post(member: &mut Solo, token: Option<&str>, path: &str, body: &str) -> String {
    let version = member.version();
    let asked = parse(&format!("/v3/{path}"), body.as_bytes(), version).expect("a request");
    let Asked::Call(call) = asked else { panic!("a call") };
    match member.call_as(token, &call) {
        Ok(response) => reply(&member.header(), &response, version).body,
        Err(error) => refusal(error, version).body,
    }
}

fn token_of(member: &mut Solo, name: &str) -> String {
    let body = format!(r#"{{"name":"{name}","password":"p"}}"#);
    let said = post(member, None, "auth/authenticate", &body);
    let token = said.split("\"token\":\"").nth(1).and_then(|rest| rest.split('"').next());
    token.unwrap_or_else(|| panic!("no token: {said}")).to_string()
}

/// A member with root and a user who may read what begins with an `a`; access control is on.
fn guarded() -> Solo {
    let mut member = Solo::default();
    for (path, body) in [
        ("user/add", r#"{"name":"root","password":"p"}"#),
        ("user/add", r#"{"name":"u","password":"p"}"#),
        ("role/add", r#"{"name":"r"}"#),
        (
            "role/grant",
            r#"{"name":"r","perm":{"permType":"READ","key":"YQ==","range_end":"Yg=="}}"#,
        ),
        ("user/grant", r#"{"user":"u","role":"r"}"#),
        ("user/grant", r#"{"user":"root","role":"root"}"#),
        ("enable", "{}"),
    ] {
        let said = post(&mut member, None, &format!("auth/{path}"), body);
        assert_eq!(said, r#"{"header":{"revision":"1"}}"#, "{path}");
    }
    member
}

#[test]
fn a_user_reads_what_its_role_may_read_and_nothing_else() {
    let mut member = guarded();
    let (user, root) = (token_of(&mut member, "u"), token_of(&mut member, "root"));
    let mut ask =
        |token: Option<&str>, path: &str, body: &str| post(&mut member, token, path, body);
    let denied = r#""code":7,"message":"etcdserver: permission denied"}"#;
    assert!(ask(None, "kv/range", r#"{"key":"YQ=="}"#).contains("user name is empty"));
    assert!(ask(Some("x"), "kv/range", r#"{"key":"YQ=="}"#).contains("invalid auth token"));
    assert!(!ask(Some(&user), "kv/range", r#"{"key":"YWI="}"#).contains("error"));
    assert!(ask(Some(&user), "kv/range", r#"{"key":"Yg=="}"#).ends_with(denied));
    assert!(ask(Some(&user), "kv/put", r#"{"key":"YQ=="}"#).ends_with(denied));
    assert!(ask(Some(&user), "auth/user/list", "{}").ends_with(denied));
    let roles = ask(Some(&user), "auth/user/get", r#"{"name":"u"}"#);
    assert!(roles.contains(r#""roles":["r"]"#), "{roles}");
    assert!(!ask(Some(&root), "kv/put", r#"{"key":"YQ=="}"#).contains("error"));
    // Whose password is another shows the token of before in vain.
    let changed = ask(Some(&root), "auth/user/changepw", r#"{"name":"u","password":"q"}"#);
    assert!(!changed.contains("error"), "{changed}");
    assert!(ask(Some(&user), "kv/range", r#"{"key":"YQ=="}"#).contains("invalid auth token"));
    assert!(ask(Some(&root), "auth/user/delete", r#"{"name":"root"}"#).contains("invalid auth"));
}

#[test]
fn a_file_keeps_users_and_roles_but_no_tokens() {
    let mut member = guarded();
    let token = token_of(&mut member, "root");
    let Ok(Response::Snapshot { blob }) = member.call_as(Some(&token), &Call::Snapshot) else {
        panic!("a snapshot")
    };
    let store = Store::load(&blob).expect("a file of ours");
    assert!(store.auth().is_enabled());
    assert_eq!(store.auth().revision(), member.store().auth().revision());
    assert_eq!(store.auth().user_of(&token), None);
    assert_eq!(store.auth().check_password("u", "p"), Ok(()));
    assert_eq!(store.auth().check_password("u", "x"), Err(AccessError::AuthFailed.into()));
    let plain = Store::default().save();
    assert!(plain.starts_with(b"raft-playground snapshot 1\n"), "as before, where there are none");
}

#[test]
fn older_members_guard_less() {
    let mut member = guarded();
    let user = token_of(&mut member, "u");
    assert!(
        post(&mut member, Some(&user), "kv/compaction", r#"{"revision":1}"#).contains("denied")
    );
    assert!(post(&mut member, None, "lease/leases", "{}").contains("user name is empty"));
    let store = member.store();
    let nobody = |call: &Call, version| etcd_kv::auth::permits(store, None, call, version);
    assert_eq!(nobody(&Call::LeaseLeases, Version::V3_4), Ok(()));
    assert_eq!(nobody(&Call::LeaseLeases, Version::V3_5), Err(AccessError::UserEmpty.into()));
    let range = Call::Range(RangeRequest { key: b"a".to_vec(), ..RangeRequest::default() });
    assert_eq!(nobody(&range, Version::V3_4), Err(AccessError::UserEmpty.into()));
    assert!(
        member.call(&Call::MemberList { linearizable: false })
            == Err(AccessError::UserEmpty.into())
    );
}
