//! The page's own playground: mounted in `#playground`, as the address asks.

fn main() {
    raft_playground_web::start();
}
