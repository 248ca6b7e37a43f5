//! A server that sends one file, with ranges, and nothing else.

use std::io::{BufRead, BufReader, Write};
use std::net::{TcpListener, TcpStream};
use std::sync::Arc;
use std::time::Duration;

/// Serves `file` for as long as the process lives, each answer after `latency` and at `bandwidth` bytes a second. Its URL.
pub fn serve(file: Vec<u8>, latency: Duration, bandwidth: Option<usize>) -> String {
    let listener = TcpListener::bind("127.0.0.1:0").unwrap();
    let url = format!("http://{}/recording", listener.local_addr().unwrap());
    let file = Arc::new(file);
    std::thread::spawn(move || {
        for stream in listener.incoming().flatten() {
            let file = Arc::clone(&file);
            std::thread::spawn(move || answer(&stream, &file, latency, bandwidth));
        }
    });
    url
}

fn answer(mut stream: &TcpStream, file: &[u8], latency: Duration, bandwidth: Option<usize>) {
    let mut from = 0;
    for line in BufReader::new(stream).lines() {
        let Ok(line) = line else { return };
        let line = line.to_ascii_lowercase();
        if let Some(range) = line.strip_prefix("range: bytes=") {
            let digits = range.split('-').next().unwrap_or_default();
            from = digits.parse().unwrap_or(0);
        }
        if line.is_empty() {
            break;
        }
    }
    // The network between here and there, not a wait for something to happen.
    std::thread::sleep(latency);
    let body = file.get(from..).unwrap_or_default();
    let head = format!(
        "HTTP/1.1 206 Partial Content\r\nContent-Length: {}\r\nContent-Range: bytes {}-{}/{}\r\nConnection: close\r\n\r\n",
        body.len(),
        from,
        file.len() - 1,
        file.len(),
    );
    // The player hangs up when it jumps.
    let _ = stream.write_all(head.as_bytes());
    let Some(bandwidth) = bandwidth else {
        let _ = stream.write_all(body);
        return;
    };
    for part in body.chunks((bandwidth / 50).max(1)) {
        if stream.write_all(part).is_err() {
            return;
        }
        std::thread::sleep(Duration::from_millis(20));
    }
}
