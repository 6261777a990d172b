//! What is printed of leases.

use super::json::*;
use super::lines::*;
use super::{Format, Printed, Printer};
use crate::api::*;
use crate::ctl::go;

impl Printer {
    pub(crate) fn grant(&self, header: &Header, id: LeaseId, ttl: i64) -> Printed {
        match self.format {
            Format::Simple => Ok(format!("lease {id:016x} granted with TTL({ttl}s)\n")),
            Format::Json => Ok(Object::new()
                .header_fields(header)
                .always("ID", id)
                .always("TTL", ttl)
                .raw("Error", "\"\"")
                .end()
                + "\n"),
            Format::Fields => {
                Ok(format!("{}\"ID\" : {id}\n\"TTL\" : {ttl}\n", header_lines(header)))
            }
            Format::Table | Format::Protobuf => self.unsupported(),
        }
    }

    pub(crate) fn revoke(&self, header: &Header, id: LeaseId) -> Printed {
        match self.format {
            Format::Simple => Ok(format!("lease {id:016x} revoked\n")),
            Format::Json => Ok(Object::new().header(header).end() + "\n"),
            Format::Fields => Ok(header_lines(header)),
            Format::Table | Format::Protobuf => self.unsupported(),
        }
    }

    pub(crate) fn keep_alive(&self, header: &Header, id: LeaseId, ttl: i64) -> Printed {
        match self.format {
            Format::Simple => Ok(format!("lease {id:016x} keepalived with TTL({ttl})\n")),
            Format::Json => {
                Ok(Object::new().header_fields(header).always("ID", id).always("TTL", ttl).end()
                    + "\n")
            }
            Format::Fields => {
                Ok(format!("{}\"ID\" : {id}\n\"TTL\" : {ttl}\n", header_lines(header)))
            }
            Format::Table | Format::Protobuf => self.unsupported(),
        }
    }

    /// `keys` is `None` where they were not asked for.
    pub(crate) fn time_to_live(
        &self,
        header: &Header,
        (id, ttl, granted): (LeaseId, i64, i64),
        keys: Option<&[Bytes]>,
    ) -> Printed {
        match self.format {
            Format::Simple if ttl < 0 => Ok(format!("lease {id:016x} already expired\n")),
            Format::Simple => {
                let keys = keys.map_or_else(String::new, |keys| {
                    let keys: Vec<_> =
                        keys.iter().map(|key| String::from_utf8_lossy(key)).collect();
                    format!(", attached keys([{}])", keys.join(" "))
                });
                Ok(format!(
                    "lease {id:016x} granted with TTL({granted}s), remaining({ttl}s){keys}\n"
                ))
            }
            Format::Json => {
                let keys = keys.filter(|keys| !keys.is_empty());
                let keys = keys.map_or_else(
                    || "null".into(),
                    |keys| array(keys.iter().map(|key| base64(key)).collect()),
                );
                Ok(Object::new()
                    .header_fields(header)
                    .always("id", id)
                    .always("ttl", ttl)
                    .always("granted-ttl", granted)
                    .raw("keys", &keys)
                    .end()
                    + "\n")
            }
            Format::Fields => {
                let keys = keys.unwrap_or_default().iter();
                let keys: String =
                    keys.map(|key| format!("\"Key\" : {}\n", go::quote(key))).collect();
                let head = header_lines(header);
                Ok(format!(
                    "{head}\"ID\" : {id}\n\"TTL\" : {ttl}\n\"GrantedTTL\" : {granted}\n{keys}"
                ))
            }
            Format::Table | Format::Protobuf => self.unsupported(),
        }
    }

    pub(crate) fn leases(&self, header: &Header, leases: &[LeaseId]) -> Printed {
        match self.format {
            Format::Simple => {
                let ids: String = leases.iter().map(|id| format!("{id:016x}\n")).collect();
                Ok(format!("found {} leases\n{ids}", leases.len()))
            }
            Format::Json => {
                let leases = leases.iter().map(|id| Object::new().always("id", *id).end());
                Ok(Object::new()
                    .header_fields(header)
                    .raw("leases", &array(leases.collect()))
                    .end()
                    + "\n")
            }
            Format::Fields => {
                let ids: String = leases.iter().map(|id| format!("\"ID\" : {id}\n")).collect();
                Ok(header_lines(header) + &ids)
            }
            Format::Table | Format::Protobuf => self.unsupported(),
        }
    }
}
