//! The figure of speed that is measured in wasm, in Node.

#[cfg(target_arch = "wasm32")]
mod futures;
#[cfg(target_arch = "wasm32")]
mod sim;

#[cfg(target_arch = "wasm32")]
fn main() {
    use wasm_bindgen::prelude::*;

    #[wasm_bindgen]
    extern "C" {
        #[wasm_bindgen(js_namespace = performance, js_name = now)]
        fn now() -> f64;
        #[wasm_bindgen(js_namespace = console)]
        fn log(text: &str);
    }

    let rate = sim::median(5, raft_sim::Checks::Every, || now() / 1_000.0);
    let futures = futures::per_second(5, || now() / 1_000.0);
    log(&format!(
        "{{\"sim_events_per_s_5_checked_wasm\":{},\"futures_per_s_wasm\":{}}}",
        rate as u64, futures as u64
    ));
}

#[cfg(not(target_arch = "wasm32"))]
fn main() {
    eprintln!("this is measured in wasm: cargo xtask bench");
}
