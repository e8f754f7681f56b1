#![no_main]

libfuzzer_sys::fuzz_target!(|data: &[u8]| {
    archwright_trials::targets::edit_scripts(data);
    // A host costs far more than a tree.
    if data.len() < 2_048 && data.len().is_multiple_of(8) {
        archwright_fuzz::edited_host(data);
    }
});
