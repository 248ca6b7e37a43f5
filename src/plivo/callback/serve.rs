//! Connections: how many, how long, and how they end.

use std::pin::pin;
use std::sync::Arc;
use std::time::Duration;

use axum::Router;
use hyper_util::rt::{TokioExecutor, TokioIo, TokioTimer};
use hyper_util::server::conn::auto;
use hyper_util::service::TowerToHyperService;
use tokio::net::{TcpListener, TcpStream};
use tokio::sync::watch;
use tokio::task::JoinSet;

use super::Shared;
use super::counts::Reason;
use super::handle::{self, Call};
use super::limits::Limits;
use super::seat::{Seat, Waiting};

/// When the system is out of descriptors, they come back only after some time.
const ACCEPT_AGAIN: Duration = Duration::from_millis(100);

/// Serves until it is told to close; dropping the future closes everything at once.
pub(super) async fn serve(
    listener: TcpListener,
    shared: Arc<Shared>,
    mut closing: watch::Receiver<bool>,
) {
    let waiting = Arc::new(Waiting::new(shared.limits.grace));
    let protocol = Arc::new(protocol(&shared.limits));
    let mut connections = JoinSet::new();
    loop {
        tokio::select! {
            () = told_to_close(&mut closing) => break,
            Some(_) = connections.join_next() => {}
            accepted = listener.accept() => match accepted {
                Ok((stream, _)) => {
                    while connections.len() >= shared.limits.connections {
                        make_room(&mut connections, &waiting).await;
                    }
                    // Answers are short: none may wait for another.
                    let _ = stream.set_nodelay(true);
                    let seat = Arc::new(Seat::new(Arc::clone(&waiting)));
                    let call = Call { shared: Arc::clone(&shared), seat };
                    connections.spawn(connection(stream, call, Arc::clone(&protocol), closing.clone()));
                }
                Err(_) => tokio::time::sleep(ACCEPT_AGAIN).await,
            }
        }
    }
    drop(listener);
    while connections.join_next().await.is_some() {}
}

async fn make_room(connections: &mut JoinSet<()>, waiting: &Waiting) {
    tokio::select! {
        biased;
        _ = connections.join_next() => {}
        () = waiting.dismiss_oldest() => {
            connections.join_next().await;
        }
    }
}

fn protocol(limits: &Limits) -> auto::Builder<TokioExecutor> {
    let mut builder = auto::Builder::new(TokioExecutor::new()).http1_only();
    builder
        .http1()
        .timer(TokioTimer::new())
        .header_read_timeout(limits.head)
        .max_buf_size(limits.head_bytes);
    builder
}

async fn connection(
    stream: TcpStream,
    call: Call,
    protocol: Arc<auto::Builder<TokioExecutor>>,
    mut closing: watch::Receiver<bool>,
) {
    let (shared, seat) = (Arc::clone(&call.shared), Arc::clone(&call.seat));
    let service = Router::new().fallback(handle::receive).with_state(call);
    let served = protocol.serve_connection(TokioIo::new(stream), TowerToHyperService::new(service));
    let mut served = pin!(served);
    let failed = tokio::select! {
        ended = served.as_mut() => ended.is_err(),
        () = seat.dismissed() => true,
        () = told_to_close(&mut closing) => {
            served.as_mut().graceful_shutdown();
            served.as_mut().await.is_err()
        }
    };
    if seat.ends_unfinished(failed) {
        let tally = shared.taker.tally();
        tally.count(|counts| counts.refuse(Reason::Cut));
    }
}

async fn told_to_close(closing: &mut watch::Receiver<bool>) {
    // When nobody can tell any more, the receiver is gone.
    let _ = closing.wait_for(|closing| *closing).await;
}
