//! ALSA writes what it thinks of a missing device to stderr, eight lines for each try, across whatever is on the screen.

use std::ffi::{c_char, c_int};
use std::sync::Once;

/// As many of the handler's arguments as are named; the rest are variadic.
type Named = unsafe extern "C" fn(*const c_char, c_int, *const c_char, c_int, *const c_char);

/// As ALSA declares it.
type Handler = unsafe extern "C" fn(*const c_char, c_int, *const c_char, c_int, *const c_char, ...);

#[allow(unsafe_code)]
unsafe extern "C" fn ignore(
    _file: *const c_char,
    _line: c_int,
    _function: *const c_char,
    _code: c_int,
    _format: *const c_char,
) {
}

/// Makes ALSA keep its messages to itself, in every thread, for good. What went wrong still comes back as an error.
#[allow(unsafe_code)]
pub(super) fn hush_alsa() {
    static ONCE: Once = Once::new();
    ONCE.call_once(|| {
        // SAFETY: Rust cannot define a variadic function, so one with the named arguments alone stands in for it. In the C
        // ABIs of Linux the caller places named arguments of a variadic call where those of a plain one go, and clears away
        // the rest itself; `ignore` reads none of them.
        let handler = unsafe { std::mem::transmute::<Named, Handler>(ignore as Named) };
        // SAFETY: plain setter of a process-wide pointer; called once, before this program's first use of ALSA.
        unsafe { alsa_sys::snd_lib_error_set_handler(Some(handler)) };
    });
}
