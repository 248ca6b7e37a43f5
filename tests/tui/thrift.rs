//! How little is written to the terminal.

use std::io::{self, Write};
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::time::Duration;

use callreel::ui;
use ratatui::backend::CrosstermBackend;
use ratatui::layout::Rect;
use ratatui::{Terminal, TerminalOptions, Viewport};

use crate::sitting::{Sitting, playing, setup};

/// Counts what a terminal is sent.
#[derive(Clone, Default)]
struct Sent(Arc<AtomicUsize>);

impl Write for Sent {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        self.0.fetch_add(bytes.len(), Ordering::Relaxed);
        Ok(bytes.len())
    }

    fn flush(&mut self) -> io::Result<()> {
        Ok(())
    }
}

/// Draws whenever the drawing itself asks for it; gives drawings and bytes of so many seconds, the first not counted.
fn watch(sitting: &mut Sitting, width: u16, height: u16, seconds: u64) -> (usize, usize) {
    let sent = Sent::default();
    let viewport = Viewport::Fixed(Rect::new(0, 0, width, height));
    let backend = CrosstermBackend::new(sent.clone());
    let mut terminal = Terminal::with_options(backend, TerminalOptions { viewport }).unwrap();
    let end = sitting.now().mono + Duration::from_secs(seconds);
    let mut drawings = 0;
    loop {
        let now = sitting.now();
        let mut wanted = None;
        terminal
            .draw(|frame| wanted = ui::draw(&sitting.app, now, frame).redraw_at)
            .unwrap();
        if drawings == 0 {
            sent.0.store(0, Ordering::Relaxed);
        }
        drawings += 1;
        match wanted.filter(|at| *at < end) {
            Some(at) => sitting.pass(at - now.mono),
            None => return (drawings - 1, sent.0.load(Ordering::Relaxed)),
        }
    }
}

#[test]
fn playing_writes_under_300_bytes_a_second() {
    let mut sitting = playing(setup(80, 24));
    let (drawings, bytes) = watch(&mut sitting, 80, 24, 20);
    assert!(
        drawings >= 20,
        "the shown second must move: {drawings} drawings"
    );
    // The loop puts each drawing into a synchronized update, 16 bytes more.
    let bytes = (bytes + drawings * 16) / 20;
    assert!(bytes < 300, "{bytes} bytes a second");
}

#[test]
fn idle_writes_nothing() {
    let mut sitting = Sitting::new(80, 24);
    assert_eq!(watch(&mut sitting, 80, 24, 600), (0, 0));
}
