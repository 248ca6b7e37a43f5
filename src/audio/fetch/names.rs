//! Looking up the names of servers, so that the name in a stranger's link does not lead into the user's network either.

use std::error::Error as StdError;
use std::io;
use std::net::{IpAddr, SocketAddr};

use futures_util::future::BoxFuture;
use reqwest::dns::{Addrs, Name, Resolve, Resolving};

use super::proxies::Proxies;
use crate::audio::event::Error;
use crate::inside::is_inside;

/// Finds the addresses of a name; their ports mean nothing.
pub(super) type LookUp = fn(String) -> BoxFuture<'static, io::Result<Vec<SocketAddr>>>;

/// The system's own way: its hosts file, its servers.
pub(super) fn by_the_system(name: String) -> BoxFuture<'static, io::Result<Vec<SocketAddr>>> {
    Box::pin(async move { Ok(tokio::net::lookup_host((name, 0)).await?.collect()) })
}

/// A resolver that gives public addresses only. What it gives is what is connected to, so that no second answer can differ.
#[derive(Debug)]
pub(super) struct Public {
    look_up: LookUp,
    /// They may well be inside, and what they look up for us is theirs to refuse.
    proxies: Proxies,
}

/// Every address of a name is inside.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error(
    "{name} leads to {address}, on this machine or inside a private network; where that is meant, set the API URL to that server"
)]
struct Inside {
    name: String,
    address: IpAddr,
}

impl Public {
    /// `proxies`: those that the client goes through. That no link names one of them is the client's to see
    /// ([`super::http::Http::client_for`]).
    pub(super) fn new(look_up: LookUp, proxies: Proxies) -> Self {
        Self { look_up, proxies }
    }
}

impl Resolve for Public {
    fn resolve(&self, name: Name) -> Resolving {
        let (look_up, proxies) = (self.look_up, self.proxies.clone());
        Box::pin(async move {
            let name = name.as_str().to_owned();
            let found = look_up(name.clone()).await?;
            let kept = match proxies.is_one(&name) {
                true => found,
                false => public(name, found)?,
            };
            Ok(Box::new(kept.into_iter()) as Addrs)
        })
    }
}

/// The addresses that strangers may name.
fn public(name: String, found: Vec<SocketAddr>) -> Result<Vec<SocketAddr>, Inside> {
    let (inside, outside): (Vec<_>, Vec<_>) = found
        .into_iter()
        .partition(|address| is_inside(address.ip()));
    match inside.first() {
        Some(first) if outside.is_empty() => Err(Inside {
            name,
            address: first.ip(),
        }),
        _ => Ok(outside),
    }
}

/// What a failed request says about the name, when that is why it failed: no use to ask again.
pub(super) fn refusal(error: &reqwest::Error) -> Option<Error> {
    let mut cause: Option<&dyn StdError> = Some(error);
    while let Some(error) = cause {
        if let Some(inside) = error.downcast_ref::<Inside>() {
            return Some(Error::Refused(inside.to_string()));
        }
        cause = error.source();
    }
    None
}

#[cfg(test)]
mod tests;
