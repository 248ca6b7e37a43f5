//! Takes the tokens out of words that nobody looked at before they are written: a panic's, which may quote anything.

use std::sync::{Arc, Mutex, MutexGuard, PoisonError, TryLockError, Weak};

use secrecy::{ExposeSecret, SecretString};

use super::credentials::AuthId;

/// What stands in a token's place.
pub const SIGN: &str = "[token]";

/// A token with its id.
type Pair = (AuthId, Weak<SecretString>);

/// Those that some credentials hold. Not held here too, so that a token is wiped as soon as nobody needs it.
static HELD: Mutex<Vec<Pair>> = Mutex::new(Vec::new());

/// How often somebody who may not wait tries to look: whoever else looks is done in a moment.
const TRIES: usize = 1_000;

/// From now on, for as long as it is held, this token is taken out.
pub(super) fn remember(id: &AuthId, token: &Arc<SecretString>) {
    let mut held = HELD.lock().unwrap_or_else(PoisonError::into_inner);
    held.retain(|(_, token)| token.strong_count() > 0);
    held.push((id.clone(), Arc::downgrade(token)));
}

/// `text` with [`SIGN`] where a token stood, as it is or as a header or a message has it. `None` where the tokens cannot be known now:
/// a panic's hook asks, which may have stopped whoever keeps them, and must not wait for them.
pub fn without_tokens(text: &str) -> Option<String> {
    let mut text = text.to_owned();
    for form in forms()? {
        text = text.replace(form.expose_secret(), SIGN);
    }
    Some(text)
}

/// All that [`without_tokens`] takes out, the longest first, since one may be a part of another.
pub(crate) fn forms() -> Option<Vec<SecretString>> {
    let held = look(&HELD)?.clone();
    let held = held
        .iter()
        .filter_map(|(id, token)| Some((id, token.upgrade()?)));
    let mut forms: Vec<String> = held
        .flat_map(|(id, token)| {
            let token = token.expose_secret();
            let quoted = token.escape_debug().to_string();
            [
                token.to_owned(),
                quoted,
                super::credentials::encoded(id, token),
            ]
        })
        .collect();
    forms.sort_unstable_by(|a, b| b.len().cmp(&a.len()).then_with(|| a.cmp(b)));
    forms.dedup();
    Some(forms.into_iter().map(SecretString::from).collect())
}

fn look<T>(held: &Mutex<T>) -> Option<MutexGuard<'_, T>> {
    (0..TRIES).find_map(|_| match held.try_lock() {
        Ok(held) => Some(held),
        Err(TryLockError::Poisoned(held)) => Some(held.into_inner()),
        Err(TryLockError::WouldBlock) => {
            std::thread::yield_now();
            None
        }
    })
}

#[cfg(test)]
mod tests {
    use super::super::credentials::Credentials;
    use super::*;

    const ID: &str = "MAGWNTM3ZTK1M2YZMDUU";

    #[test]
    fn a_token_is_taken_out_in_every_form_for_as_long_as_it_is_held() {
        let credentials = Credentials::new(ID, "redacted\"22").unwrap();
        let longer = Credentials::new(ID, "redacted\"22-and-more").unwrap();
        let header = credentials.authorization();
        let said = format!(
            "a redacted\"22, {:?}, {}: redacted\"22-and-more.",
            credentials.token().expose_secret(),
            header.expose_secret()
        );
        let shown = "a [token], \"[token]\", Basic [token]: [token].";
        assert_eq!(without_tokens(&said).as_deref(), Some(shown));
        let other = credentials.clone();
        drop((credentials, longer));
        let both = "redacted\"22-and-more";
        assert_eq!(
            without_tokens(both).as_deref(),
            Some("[token]-and-more"),
            "the longer one is held by nobody"
        );
        drop(other);
        assert_eq!(without_tokens(&said).as_deref(), Some(&*said));
    }

    #[test]
    fn who_may_not_wait_does_not() {
        let kept = Mutex::new(());
        let held = kept.lock().unwrap();
        assert!(look(&kept).is_none());
        drop(held);
        assert!(look(&kept).is_some());
    }
}
