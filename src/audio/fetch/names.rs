//! Looking up the names of servers, so that the name in a stranger's link does not lead into the user's network either.

use std::error::Error as StdError;
use std::io;
use std::net::{IpAddr, SocketAddr};
use std::sync::Arc;

use futures_util::future::BoxFuture;
use reqwest::dns::{Addrs, Name, Resolve, Resolving};
use url::Url;

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
    /// The proxies' own names: they may well be inside, and what they look up for us is theirs to refuse.
    proxies: Arc<[String]>,
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
    pub(super) fn new(look_up: LookUp) -> Self {
        let proxies = proxies(std::env::vars_os().filter_map(|(name, value)| {
            Some((name.into_string().ok()?, value.into_string().ok()?))
        }));
        Self { look_up, proxies }
    }
}

impl Resolve for Public {
    fn resolve(&self, name: Name) -> Resolving {
        let (look_up, proxies) = (self.look_up, Arc::clone(&self.proxies));
        Box::pin(async move {
            let name = name.as_str().to_owned();
            let found = look_up(name.clone()).await?;
            let kept = match proxies.contains(&name) {
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

/// The hosts of the proxies that the environment names, as they are looked up.
fn proxies(environment: impl Iterator<Item = (String, String)>) -> Arc<[String]> {
    let named = environment.filter(|(name, _)| is_proxy(name));
    let host = |value: String| {
        let url = Url::parse(&value).ok().filter(Url::has_host);
        let url = url.or_else(|| Url::parse(&format!("http://{value}")).ok())?;
        url.host_str().map(str::to_owned)
    };
    named.filter_map(|(_, value)| host(value)).collect()
}

fn is_proxy(variable: &str) -> bool {
    let names = ["http_proxy", "https_proxy", "all_proxy"];
    names.iter().any(|name| variable.eq_ignore_ascii_case(name))
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
