#![no_main]

libfuzzer_sys::fuzz_target!(|data: &[u8]| archwright_trials::targets::lexer(data));
