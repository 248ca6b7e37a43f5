//! Asynchronous mode from end to end: the client asks, the emulator delivers, the receiver is told, all over loopback.
#![allow(clippy::unwrap_used, clippy::panic, clippy::indexing_slicing)]

use std::net::Ipv4Addr;
use std::time::Duration;

use callreel::emulator::{self, AcceptStatus, CallbackForm, Callbacks, Emulator};
use callreel::plivo::callback::{Delivery, Desk, Options, Receiver, Signature, To};
use callreel::plivo::{
    ApiBase, Asynchronous, Bound, ByCallback, Call, Callback, CallbackMethod, Client, Credentials,
    Cursor, Delete, Error, Filter, Get, Page, PageRequest, Priority, RecordingId, RecordingQuery,
    Reply, Span, Start, TimeRange,
};
use chrono::{TimeDelta, Utc};
use futures_util::FutureExt;

const FORMS: [CallbackForm; 4] = [
    CallbackForm::Field,
    CallbackForm::Member,
    CallbackForm::Text,
    CallbackForm::Flat,
];
const METHODS: [CallbackMethod; 2] = [CallbackMethod::Get, CallbackMethod::Post];
const STATUSES: [AcceptStatus; 3] = [
    AcceptStatus::Ok,
    AcceptStatus::Created,
    AcceptStatus::Accepted,
];

/// An account, a client of it, and a receiver that believes only what the account has signed.
struct Way {
    /// Serves until this is dropped.
    _emulator: Emulator,
    client: Client,
    asynchronous: Asynchronous,
    receiver: Receiver,
}

impl Way {
    async fn open(options: emulator::Options, method: CallbackMethod, within: Duration) -> Self {
        let emulator = emulator::start(options).unwrap();
        let credentials = Credentials::new(emulator.auth_id(), emulator.auth_token()).unwrap();
        let desk = Desk::new();
        let options = Options {
            addr: (Ipv4Addr::LOCALHOST, 0).into(),
            token: Some(credentials.token().clone()),
            require_signature: true,
            public_url: None,
        };
        let receiver = Receiver::bind(options, To::Desk(desk.clone()))
            .await
            .unwrap();
        let base = ApiBase::parse(emulator.url()).unwrap();
        let client = Client::new(credentials, base, Default::default()).unwrap();
        let callback = Callback {
            url: receiver.url().parse().unwrap(),
            method,
        };
        Self {
            asynchronous: Asynchronous::new(client.clone(), callback, desk, within),
            _emulator: emulator,
            client,
            receiver,
        }
    }

    async fn patient(options: emulator::Options) -> Self {
        Self::open(options, CallbackMethod::Post, Duration::from_secs(30)).await
    }

    /// Asks by callback; the delivery that answered, and what it said.
    async fn ask<C: Call + Clone>(&self, call: &C) -> (Delivery, Result<C::Answer, Error>) {
        let accepted = match self
            .asynchronous
            .begin(call, Priority::Visible)
            .await
            .unwrap()
        {
            Reply::Accepted(accepted) => accepted,
            Reply::Immediate(_) => panic!("it was answered at once"),
        };
        let delivery = self.asynchronous.delivery(&accepted).await.unwrap();
        assert_eq!(delivery.api_id, accepted.api_id);
        let read = call.read_delivered(delivery.answer.clone());
        (delivery, read)
    }

    async fn page(&self, request: &PageRequest) -> Page {
        self.ask(request).await.1.unwrap()
    }
}

/// The last 30 days.
fn list() -> PageRequest {
    let now = Utc::now();
    let range = TimeRange::new(
        Bound::including(now - TimeDelta::days(29)),
        Bound::including(now),
    );
    PageRequest::first(RecordingQuery {
        filter: Filter::default(),
        span: Span::Added(range.unwrap().windows()[0]),
    })
}

fn told_by(callbacks: Callbacks) -> emulator::Options {
    emulator::Options {
        callbacks,
        ..emulator::Options::default()
    }
}

fn with_faults(faults: &str) -> emulator::Options {
    let faults = faults.split(',').map(|fault| fault.parse().unwrap());
    emulator::Options {
        faults: faults.collect(),
        ..emulator::Options::default()
    }
}

#[tokio::test]
async fn every_form_method_and_status_brings_the_same_answers() {
    for form in FORMS {
        for method in METHODS {
            for accept in STATUSES {
                let what = format!("{form:?} by {method} under {accept:?}");
                let options = told_by(Callbacks {
                    form,
                    accept,
                    ..Callbacks::default()
                });
                let way = Way::open(options, method, Duration::from_secs(30)).await;
                let request = list();

                let (delivery, page) = way.ask(&request).await;
                let page = page.unwrap();
                assert_eq!(delivery.signature, Signature::Signed, "{what}");
                assert_eq!(delivery.method, method, "{what}");
                let at_once = way.client.list(&request, Priority::Visible).await.unwrap();
                assert_eq!(page.recordings.len(), 20, "{what}");
                assert!(page.ids().eq(at_once.ids()), "{what}");
                assert_eq!(page.meta, at_once.meta, "{what}");

                let first = page.recordings[0].id.clone();
                let one = way.ask(&Get(first.clone())).await.1.unwrap();
                let at_once = way.client.get(&first, Priority::Visible).await.unwrap();
                assert_eq!(
                    (one.added, one.duration, one.url, one.from_number),
                    (
                        at_once.added,
                        at_once.duration,
                        at_once.url,
                        at_once.from_number
                    ),
                    "{what}"
                );

                way.ask(&Delete(first.clone())).await.1.unwrap();
                for gone in [
                    way.ask(&Get(first.clone())).await.1.map(drop),
                    way.ask(&Delete(first.clone())).await.1,
                ] {
                    assert!(
                        matches!(&gone, Err(Error::Reported { message, api_id: Some(_) }) if message.contains("no recording")),
                        "{what}: {gone:?}"
                    );
                }
                let nowhere = PageRequest {
                    start: Start::Cursor(Cursor::new("of no list")),
                    ..request
                };
                let refused = way.ask(&nowhere).await.1;
                assert!(
                    matches!(&refused, Err(Error::Reported { message, api_id: Some(_) }) if message.contains("cursor")),
                    "{what}: {refused:?}"
                );
                assert_eq!(way.receiver.counts().borrow().taken, 6, "{what}");
            }
        }
    }
}

#[tokio::test]
async fn what_is_refused_at_once_is_an_error_at_once() {
    let way = Way::patient(with_faults("400")).await;
    let refused = way.asynchronous.begin(&list(), Priority::Visible).await;
    assert!(
        matches!(refused, Err(Error::BadRequest { .. })),
        "{refused:?}"
    );
}

#[tokio::test]
async fn a_delivery_that_overtakes_its_receipt_is_held_for_it() {
    let way = Way::patient(with_faults("callback-early")).await;
    assert_eq!(way.page(&list()).await.recordings.len(), 20);
    assert_eq!(way.receiver.counts().borrow().early, 1);
}

#[tokio::test]
async fn many_at_once_get_each_its_own_however_they_are_delivered() {
    for faults in [
        "callback-reorder",
        "callback-duplicate",
        "callback-reorder,callback-duplicate,callback-garbage",
        "callback-early*5",
    ] {
        let way = Way::patient(with_faults(faults)).await;
        let ids: Vec<RecordingId> = way.page(&list()).await.ids().cloned().collect();
        let asked = ids.iter().map(|id| {
            let get = Get(id.clone());
            let way = &way;
            async move { way.ask(&get).await.1.unwrap().id }
        });
        let came = futures_util::future::join_all(asked).await;
        assert_eq!(came, ids, "{faults}");
    }
}

#[tokio::test]
async fn duplicates_are_counted_and_change_nothing() {
    let way = Way::patient(with_faults("callback-duplicate")).await;
    assert_eq!(way.page(&list()).await.recordings.len(), 20);
    let mut counts = way.receiver.counts();
    counts
        .wait_for(|counts| counts.duplicate == 1)
        .await
        .unwrap();
    assert_eq!(counts.borrow().taken, 1);
    assert_eq!(way.page(&list()).await.recordings.len(), 20);
}

#[tokio::test]
async fn an_answer_that_never_comes_is_a_time_out_with_its_id() {
    let within = Duration::from_millis(50);
    let way = Way::open(with_faults("callback-lost*1"), CallbackMethod::Post, within).await;
    let Ok(Reply::Accepted(accepted)) = way.asynchronous.begin(&list(), Priority::Visible).await
    else {
        panic!("it was not accepted")
    };
    let lost = way.asynchronous.delivery(&accepted).await;
    assert_eq!(
        lost.unwrap_err(),
        Error::NotDelivered {
            api_id: accepted.api_id,
            within
        }
    );
}

#[tokio::test]
async fn what_another_has_signed_or_nobody_is_refused() {
    for (faults, refused) in [
        ("callback-wrong-signature*1", "wrong signature"),
        ("callback-unsigned*1", "unsigned"),
    ] {
        let way = Way::open(
            with_faults(faults),
            CallbackMethod::Post,
            Duration::from_secs(30),
        )
        .await;
        let begun = way.asynchronous.begin(&list(), Priority::Visible).await;
        assert!(matches!(begun, Ok(Reply::Accepted(_))));
        let mut counts = way.receiver.counts();
        let counts = *counts
            .wait_for(|counts| counts.wrong_signature + counts.unsigned == 1)
            .await
            .unwrap();
        let told = callreel::plivo::callback::Reason::ALL
            .into_iter()
            .find(|reason| counts.refused(*reason) > 0);
        assert_eq!(told.unwrap().words(), refused);
        assert_eq!(counts.taken, 0);
        // The one after it is right.
        assert_eq!(way.page(&list()).await.recordings.len(), 20);
    }
}

#[tokio::test]
async fn one_whom_nobody_waits_for_any_more_disturbs_nobody() {
    let options = told_by(Callbacks {
        delay: Duration::from_secs(2),
        ..Callbacks::default()
    });
    let way = Way::patient(options).await;
    let Ok(Reply::Accepted(accepted)) = way.asynchronous.begin(&list(), Priority::Visible).await
    else {
        panic!("it was not accepted")
    };
    {
        // Begun, and dropped before the delivery is there.
        let waiting = Box::pin(way.asynchronous.delivery(&accepted));
        assert!(waiting.now_or_never().is_none());
    }
    let mut counts = way.receiver.counts();
    counts.wait_for(|counts| counts.unknown == 1).await.unwrap();
    assert_eq!(way.page(&list()).await.recordings.len(), 20);
}

/// The SDKs' parser, and so the account's signature, leaves out what follows a `;` in the path.
#[tokio::test]
async fn a_path_with_a_semicolon_is_signed_as_the_sdks_have_it() {
    let way = Way::patient(emulator::Options::default()).await;
    let url = format!("{}plivo/hook;v=1?tenant=7", way.receiver.url());
    let call = ByCallback {
        call: list(),
        callback: Callback {
            url: url.parse().unwrap(),
            method: CallbackMethod::Post,
        },
    };
    way.client.send(&call, Priority::Visible).await.unwrap();
    let mut counts = way.receiver.counts();
    // Nobody has asked for it, but it was not refused.
    let counts = *counts
        .wait_for(|counts| *counts != Default::default())
        .await
        .unwrap();
    assert_eq!((counts.unknown, counts.wrong_signature), (1, 0));
}
