//! What the environment says: proxies and certificates. Each case runs in a process of its own, since the variables hold for
//! a whole process.

use std::process::Command;
use std::sync::Arc;

use callreel::plivo::Priority;
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::TcpListener;
use tokio_rustls::TlsAcceptor;
use tokio_rustls::rustls::ServerConfig;
use tokio_rustls::rustls::crypto::ring;
use tokio_rustls::rustls::pki_types::PrivateKeyDer;

use super::scripted::{Reply, Server, client, head, quick, request};

const URL: &str = "CALLREEL_TEST_URL";

/// Lists once from the base in the environment and prints what came.
#[tokio::test]
#[ignore = "started by the other tests here, in an environment of its own"]
async fn child() {
    let Ok(url) = std::env::var(URL) else {
        return;
    };
    match client(&url, quick())
        .list(&request(), Priority::Visible)
        .await
    {
        Ok(page) => println!("outcome: {} rows", page.recordings.len()),
        Err(error) => println!("outcome: {error}"),
    }
}

async fn outcome(url: &str, environment: &[(&str, &str)]) -> String {
    let mut command = Command::new(std::env::current_exe().unwrap());
    command
        .args(["surroundings::child", "--exact", "--ignored", "--nocapture"])
        .env(URL, url);
    for name in [
        "HTTP_PROXY",
        "HTTPS_PROXY",
        "ALL_PROXY",
        "NO_PROXY",
        "SSL_CERT_FILE",
        "SSL_CERT_DIR",
    ] {
        command.env_remove(name).env_remove(name.to_lowercase());
    }
    command.envs(environment.iter().copied());
    let output = tokio::task::spawn_blocking(move || command.output());
    let output = output.await.unwrap().unwrap();
    let text = String::from_utf8(output.stdout).unwrap();
    let line = text.lines().find_map(|line| line.split_once("outcome: "));
    line.unwrap_or_else(|| panic!("{text}")).1.to_owned()
}

/// A proxy that notes what it is asked for and refuses it.
async fn proxy() -> (String, tokio::sync::mpsc::UnboundedReceiver<String>) {
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let url = format!("http://{}", listener.local_addr().unwrap());
    let (sender, receiver) = tokio::sync::mpsc::unbounded_channel();
    tokio::spawn(async move {
        loop {
            let (mut stream, _) = listener.accept().await.unwrap();
            let Some(asked) = head(&mut stream).await else {
                continue;
            };
            let _ = sender.send(asked);
            let _ = stream
                .write_all(b"HTTP/1.1 403 No\r\nContent-Length: 0\r\n\r\n")
                .await;
        }
    });
    (url, receiver)
}

#[tokio::test]
async fn https_goes_through_the_proxy_as_a_tunnel() {
    let (proxy, mut asked) = proxy().await;
    let shown = outcome("https://api.example.invalid", &[("HTTPS_PROXY", &proxy)]).await;
    assert!(
        shown.contains("could not reach api.example.invalid"),
        "{shown}"
    );
    let asked = asked.recv().await.unwrap();
    assert!(
        asked.starts_with("CONNECT api.example.invalid:443 HTTP/1.1\r\n"),
        "{asked}"
    );
    assert!(
        !asked.to_lowercase().contains("basic"),
        "the proxy sees no credentials: {asked}"
    );
}

#[tokio::test]
async fn no_proxy_names_what_is_reached_directly() {
    let (proxy, mut asked) = proxy().await;
    let environment = [
        ("HTTPS_PROXY", proxy.as_str()),
        ("NO_PROXY", "example.invalid"),
    ];
    let shown = outcome("https://api.example.invalid", &environment).await;
    assert!(shown.contains("could not reach"), "{shown}");
    assert!(asked.try_recv().is_err());
}

#[tokio::test]
async fn this_machine_is_never_reached_through_a_proxy() {
    let (proxy, mut asked) = proxy().await;
    let server = Server::start([Reply::json(r#"{"objects": []}"#)]).await;
    let environment = [
        ("HTTP_PROXY", proxy.as_str()),
        ("HTTPS_PROXY", proxy.as_str()),
        ("ALL_PROXY", proxy.as_str()),
    ];
    assert_eq!(outcome(&server.url, &environment).await, "0 rows");
    assert!(asked.try_recv().is_err());
}

#[tokio::test]
async fn plain_http_on_this_machine_needs_no_certificates() {
    let server = Server::start([Reply::json(r#"{"objects": []}"#)]).await;
    let none = tempfile::NamedTempFile::new().unwrap();
    let environment = [("SSL_CERT_FILE", none.path().to_str().unwrap())];
    assert_eq!(outcome(&server.url, &environment).await, "0 rows");
}

#[tokio::test]
async fn ssl_cert_file_names_whom_to_trust() {
    let served = rcgen::generate_simple_self_signed(["localhost".to_owned()]).unwrap();
    let other = rcgen::generate_simple_self_signed(["localhost".to_owned()]).unwrap();
    let key = PrivateKeyDer::try_from(served.signing_key.serialize_der()).unwrap();
    let config = ServerConfig::builder_with_provider(Arc::new(ring::default_provider()))
        .with_safe_default_protocol_versions()
        .unwrap()
        .with_no_client_auth()
        .with_single_cert(vec![served.cert.der().clone()], key)
        .unwrap();
    let acceptor = TlsAcceptor::from(Arc::new(config));
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let url = format!(
        "https://localhost:{}",
        listener.local_addr().unwrap().port()
    );
    tokio::spawn(async move {
        loop {
            let (stream, _) = listener.accept().await.unwrap();
            let Ok(mut stream) = acceptor.accept(stream).await else {
                continue;
            };
            head(&mut stream).await.unwrap();
            let answer = "HTTP/1.1 200 OK\r\nContent-Length: 15\r\nConnection: close\r\n\r\n{\"objects\": []}";
            stream.write_all(answer.as_bytes()).await.unwrap();
            let _ = stream.shutdown().await;
            let _ = stream.read_u8().await;
        }
    });
    let file = |pem: String| {
        let file = tempfile::NamedTempFile::new().unwrap();
        std::fs::write(file.path(), pem).unwrap();
        file
    };
    let (right, wrong) = (file(served.cert.pem()), file(other.cert.pem()));
    let with = |file: &tempfile::NamedTempFile| file.path().to_str().unwrap().to_owned();
    assert_eq!(
        outcome(&url, &[("SSL_CERT_FILE", &with(&right))]).await,
        "0 rows"
    );
    let refused = outcome(&url, &[("SSL_CERT_FILE", &with(&wrong))]).await;
    assert!(
        refused.contains("certificate") && refused.contains("SSL_CERT_FILE"),
        "{refused}"
    );
}
