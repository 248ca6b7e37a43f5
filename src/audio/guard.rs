//! Threads whose panics are caught: a hostile file may end its own playback, and nothing else.

use std::cell::Cell;
use std::panic::{AssertUnwindSafe, catch_unwind};

thread_local! {
    static GUARDED: Cell<bool> = const { Cell::new(false) };
}

/// Whether a panic of this thread, now, will be caught and told as an ordinary error. A panic hook that cleans up the screen
/// asks this and leaves the screen alone.
pub fn is_guarded_thread() -> bool {
    GUARDED.try_with(Cell::get).unwrap_or(false)
}

/// Runs `work`; a panic comes back as its message. Whatever `work` was changing must be thrown away then.
///
/// # Errors
/// The panic's message.
pub fn catch<T>(work: impl FnOnce() -> T) -> Result<T, String> {
    let before = GUARDED.with(|guarded| guarded.replace(true));
    let result = catch_unwind(AssertUnwindSafe(work));
    GUARDED.with(|guarded| guarded.set(before));
    result.map_err(|payload| {
        let words = payload
            .downcast_ref::<&str>()
            .map(|words| (*words).to_owned())
            .or_else(|| payload.downcast_ref::<String>().cloned());
        words.unwrap_or_else(|| "it panicked".to_owned())
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    #[allow(clippy::panic)]
    fn a_panic_is_caught_and_the_thread_knows_that_it_would_be() {
        assert!(!is_guarded_thread());
        assert_eq!(catch(is_guarded_thread), Ok(true));
        assert_eq!(
            catch::<()>(|| panic!("bad {}", "frame")),
            Err("bad frame".to_owned())
        );
        assert!(!is_guarded_thread());
    }
}
