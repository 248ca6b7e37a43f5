//! How much a sender may ask of the receiver.

use std::time::Duration;

/// What a sender is allowed. The defaults suit the API; tests want shorter times.
#[derive(Debug, Clone, Copy)]
pub struct Limits {
    /// Most connections at a time. One more, and the one that has been waited for longest goes.
    pub connections: usize,
    /// So long a connection is waited for in any case, so that a rush of honest ones loses none.
    pub grace: Duration,
    /// How long the head of a request may take, counted from the connection's start or from the answer before.
    pub head: Duration,
    /// Most bytes of a head. A list by GET stands in it whole: 20 recordings are some 20 KiB.
    pub head_bytes: usize,
    /// How long a body may take.
    pub body: Duration,
    /// Most bytes of a body.
    pub body_bytes: usize,
    /// A body of up to so many bytes is always read.
    pub small_body: usize,
    /// So many longer ones are read at a time; others wait. So all bodies under way are bounded together.
    pub large_bodies: usize,
    /// How long the rest of a longer body may take, from its turn on.
    pub large_body: Duration,
    /// How long requests under way may take to end when the receiver is closed.
    pub closing: Duration,
}

impl Default for Limits {
    fn default() -> Self {
        Self {
            connections: 256,
            grace: Duration::from_secs(1),
            head: Duration::from_secs(5),
            // The most that the `http` crate takes for a URL is 64 KiB; the rest is for the headers.
            head_bytes: 96 << 10,
            body: Duration::from_secs(10),
            body_bytes: 1 << 20,
            small_body: 64 << 10,
            large_bodies: 8,
            // A megabyte in this time is what a slow line can do; the API stands in a data centre.
            large_body: Duration::from_secs(3),
            closing: Duration::from_secs(2),
        }
    }
}
