use std::cell::RefCell;
use std::rc::Rc;
use std::time::Duration;

use chrono::{TimeDelta, Utc};

use super::*;
use crate::audio::Speech;
use crate::emulator::{self, Era};
use crate::plivo::{Bound, Filter, Limit, RecordingQuery, Span, Start, TimeRange, Window};

type Commands = Rc<RefCell<Vec<Command>>>;

/// Effects over an embedded account, what they tell, and what they ask of the player.
async fn effects(
    options: emulator::Options,
) -> (
    Effects<impl FnMut(Command)>,
    mpsc::Receiver<Message>,
    Commands,
) {
    let (tell, told) = mpsc::channel(64);
    let commands = Commands::default();
    let sink = Rc::clone(&commands);
    let mut effects = Effects::new(tell, Log::default(), move |command| {
        sink.borrow_mut().push(command);
    });
    let account = Account::demo(options, plivo::Options::default())
        .await
        .unwrap();
    effects.serve(account);
    commands.borrow_mut().clear();
    (effects, told, commands)
}

fn page() -> PageRequest {
    let now = Utc::now();
    let bound = |at| Bound {
        at,
        inclusive: true,
    };
    let range = TimeRange::new(bound(now - TimeDelta::days(29)), bound(now)).unwrap();
    PageRequest {
        query: RecordingQuery {
            filter: Filter::default(),
            span: Span::Added(Window::new(range).unwrap()),
        },
        start: Start::FIRST,
        limit: Limit::MOST,
    }
}

fn fetch(request: u64) -> Effect {
    Effect::FetchPage {
        request: RequestId(request),
        page: page(),
        priority: app::Priority::Visible,
    }
}

#[tokio::test]
async fn a_page_and_a_recording_come_with_the_ids_they_were_asked_with() {
    let (mut effects, mut told, _) = effects(emulator::Options::default()).await;
    effects.carry_out(fetch(7));
    let message = told.recv().await.unwrap();
    effects.told(&message);
    assert!(effects.tasks.is_empty());
    let Message::Api(Api::Page {
        request: RequestId(7),
        result: Ok(page),
    }) = message
    else {
        panic!("{message:?}")
    };
    let first = page.recordings.first().unwrap().id.clone();
    effects.carry_out(Effect::FetchRecording {
        request: RequestId(8),
        recording: first.clone(),
    });
    let message = told.recv().await.unwrap();
    assert!(
        matches!(&message, Message::Api(Api::Recording { request: RequestId(8), result: Ok(recording) }) if recording.id == first),
        "{message:?}"
    );
}

#[tokio::test]
async fn a_cancelled_request_is_never_answered() {
    let slow = emulator::Options {
        latency: Duration::from_millis(100),
        ..emulator::Options::default()
    };
    let (mut effects, mut told, _) = effects(slow).await;
    effects.carry_out(fetch(1));
    effects.carry_out(fetch(2));
    effects.carry_out(Effect::Cancel(RequestId(1)));
    assert_eq!(effects.tasks.len(), 1);
    let message = told.recv().await.unwrap();
    assert!(matches!(
        message,
        Message::Api(Api::Page {
            request: RequestId(2),
            ..
        })
    ));
    effects.told(&message);
    drop(effects);
    assert_eq!(told.recv().await, None, "nothing else was on its way");
}

#[tokio::test]
async fn sound_is_asked_for_with_what_may_be_sent_there_and_nothing_else() {
    let (mut effects, mut told, commands) = effects(emulator::Options {
        era: Era::Current,
        ..emulator::Options::default()
    })
    .await;
    let base = effects.client().unwrap().base().origin();
    let play = |play, url: &str| Effect::Play {
        play: PlayId(play),
        recording: RecordingId::new("x"),
        added: None,
        url: url.to_owned(),
        at: Duration::ZERO,
        expected: None,
    };
    effects.carry_out(play(1, &format!("{base}/media/x.mp3")));
    effects.carry_out(play(2, "https://example.com/x.mp3"));
    {
        let commands = commands.borrow();
        let requests: Vec<_> = commands
            .iter()
            .map(|command| match command {
                Command::Play { request, .. } => request,
                other => panic!("{other:?}"),
            })
            .collect();
        assert!(requests[0].authorization.is_some());
        assert_eq!(requests[0].own_origin.as_deref(), Some(base.as_str()));
        assert_eq!(requests[1].authorization, None);
        assert_eq!(requests[1].own_origin, None);
    }
    commands.borrow_mut().clear();
    // What is only likely to be played is refused without a word.
    effects.carry_out(Effect::FetchAhead("file:///etc/passwd".to_owned()));
    effects.carry_out(Effect::FetchAhead(format!("{base}/media/x.mp3")));
    assert!(matches!(
        &commands.borrow()[..],
        [Command::FetchAhead(request)] if request.authorization.is_some()
    ));
    commands.borrow_mut().clear();
    effects.carry_out(play(3, "file:///etc/passwd"));
    assert_eq!(*commands.borrow(), [Command::Stop]);
    let message = told.recv().await.unwrap();
    assert!(
        matches!(
            &message,
            Message::Player(PlayId(3), audio::Event::Failed(audio::Error::Refused(_)))
        ),
        "{message:?}"
    );
}

#[tokio::test]
async fn a_used_up_limit_is_told_with_its_end() {
    let limited = emulator::Options {
        faults: vec!["429=2*1".parse().unwrap()],
        ..emulator::Options::default()
    };
    let (mut effects, mut told, _) = effects(limited).await;
    effects.carry_out(fetch(1));
    let message = told.recv().await.unwrap();
    assert!(
        matches!(message, Message::Api(Api::Throttled { until: Some(_) })),
        "{message:?}"
    );
}

#[tokio::test]
async fn player_commands_pass_in_order() {
    let (mut effects, _told, commands) = effects(emulator::Options::default()).await;
    for effect in [
        Effect::Pause,
        Effect::Resume { at: None },
        Effect::Loop(None),
        Effect::Seek(Duration::from_secs(5)),
        Effect::Volume(0.5),
        Effect::Mute(true),
        Effect::Speech(Speech::default()),
        Effect::Stop,
    ] {
        effects.carry_out(effect);
    }
    assert_eq!(
        *commands.borrow(),
        [
            Command::Pause,
            Command::Resume { at: None },
            Command::Loop(None),
            Command::Seek(Duration::from_secs(5)),
            Command::Volume(0.5),
            Command::Mute(true),
            Command::Speech(Speech::default()),
            Command::Stop,
        ]
    );
}

#[tokio::test]
async fn why_a_job_failed_stands_in_the_log() {
    let (mut effects, _, _) = effects(emulator::Options::default()).await;
    let end = job::End {
        came: job::Came::Exported { rows: 0 },
        place: String::new(),
        how: job::How::Failed("/proc/x.csv cannot be written: no such folder".into()),
    };
    effects.told(&Message::Job(app::JobId(1), job::Told::Ended(end)));
    let logged = effects.log.lines().join("\n");
    assert!(
        logged.ends_with("job: /proc/x.csv cannot be written: no such folder"),
        "{logged}"
    );
}
