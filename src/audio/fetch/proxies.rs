//! The proxies that links are asked through.

use std::sync::Arc;

use reqwest::ClientBuilder;
use url::Url;

/// Those of the environment, by their own names.
#[derive(Debug, Clone)]
pub(super) struct Proxies {
    hosts: Arc<[String]>,
    /// Instead of the environment's: one proxy or none.
    #[cfg(test)]
    only: Option<Option<reqwest::Proxy>>,
}

impl Proxies {
    pub(super) fn of_the_environment() -> Self {
        Self::named(std::env::vars_os().filter_map(|(name, value)| {
            Some((name.into_string().ok()?, value.into_string().ok()?))
        }))
    }

    fn named(environment: impl Iterator<Item = (String, String)>) -> Self {
        let named = environment.filter(|(name, _)| is_proxy(name));
        Self {
            hosts: named.filter_map(|(_, value)| host(&value)).collect(),
            #[cfg(test)]
            only: None,
        }
    }

    /// This one or none, whatever the environment names.
    #[cfg(test)]
    pub(super) fn only(proxy: Option<&str>) -> Self {
        Self {
            hosts: proxy.and_then(host).into_iter().collect(),
            only: Some(proxy.map(|proxy| reqwest::Proxy::all(proxy).unwrap())),
        }
    }

    /// A client that goes through them.
    pub(super) fn lead(&self, client: ClientBuilder) -> ClientBuilder {
        #[cfg(test)]
        if let Some(only) = &self.only {
            let client = client.no_proxy();
            return match only {
                Some(proxy) => client.proxy(proxy.clone()),
                None => client,
            };
        }
        // reqwest reads the environment by itself.
        client
    }

    /// True for the name, or the address, of one of them.
    pub(super) fn is_one(&self, host: &str) -> bool {
        self.hosts.contains(&plain(host))
    }
}

/// The host of the proxy that a variable names, as it is looked up.
fn host(value: &str) -> Option<String> {
    let url = Url::parse(value).ok().filter(Url::has_host);
    let url = url.or_else(|| Url::parse(&format!("http://{value}")).ok())?;
    url.host_str().map(plain)
}

/// One spelling of a name.
fn plain(host: &str) -> String {
    host.trim_end_matches('.').to_ascii_lowercase()
}

fn is_proxy(variable: &str) -> bool {
    let names = ["http_proxy", "https_proxy", "all_proxy"];
    names.iter().any(|name| variable.eq_ignore_ascii_case(name))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn proxies_are_known_by_their_names() {
        let variables = [
            ("HTTPS_PROXY", "http://proxy.inside:3128"),
            ("http_proxy", "gate.inside.:8080"),
            ("All_Proxy", "socks5://user:word@Socks.Inside:1080"),
            ("NO_PROXY", "media.example"),
            ("https_proxy", ""),
        ];
        let variables = variables.map(|(name, value)| (name.to_owned(), value.to_owned()));
        let proxies = Proxies::named(variables.into_iter());
        assert_eq!(
            *proxies.hosts,
            ["proxy.inside", "gate.inside", "socks.inside"]
        );
        assert!(proxies.is_one("PROXY.inside."));
        assert!(!proxies.is_one("media.example") && !proxies.is_one(""));
    }
}
