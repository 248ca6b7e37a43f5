//! The Recording API, nothing else: requests, answers, paging, errors.
//!
//! Nothing here knows the app, the screen or sound. Most of it is plain data and pure rules, which the rest of the program
//! may import; only `client` and `callback` do I/O.
//!
//! ```text
//! query + window ─▶ page (request), call ─▶ client ─▶ limit (when) ─▶ exchange (HTTP) ─▶ answer ─▶ page, recording
//!                                             └─▶ retry (again?)                            └─▶ error
//! clock: by how much the server's differs from this machine's
//! walk: page after page, window after window          paging: which way the server pages
//! sweep: many walks side by side, their rows in order
//! asynchronous: call ─▶ client ─▶ accepted …… callback (receiver) ─▶ answer
//! credentials, base: to whom, in whose name           media: who may see the credentials for a recording's sound
//! redact: words that may quote a token, without it
//! ```

mod answer;
pub mod asynchronous;
pub mod base;
pub mod call;
pub mod callback;
pub mod client;
mod clock;
pub mod credentials;
pub mod error;
pub mod limit;
pub mod media;
pub mod page;
pub mod paging;
pub mod query;
pub mod recording;
pub mod redact;
pub mod retry;
pub mod sweep;
pub mod time;
pub mod walk;
pub mod window;

pub use asynchronous::Asynchronous;
pub use base::{ApiBase, ApiBaseMistake};
pub use call::{Accepted, ByCallback, Call, Callback, CallbackMethod, Delete, Get, Reply, Verb};
pub use client::{Client, ClientMistake, Deleted, Greeting, NotGreeted, Options};
pub use credentials::{AuthId, AuthIdMistake, Credentials, CredentialsMistake, TokenMistake};
pub use error::Error;
pub use limit::{Pause, Priority, Rate};
pub use media::{MediaRefused, MediaRequest, authorize};
pub use page::{Cursor, Limit, Meta, Page, PageRequest, Start};
pub use paging::{Evidence, Paging, offset_honoured};
pub use query::{DayBounds, Filter, RecordingQuery, Span};
pub use recording::{Recording, RecordingId};
pub use retry::RetryPolicy;
pub use sweep::{Extent, Progress, Stopped, Sweep};
pub use walk::{Asking, Pages, Walk, WalkError};
pub use window::{Bound, TimeRange, Window};
