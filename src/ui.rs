//! How it looks: `draw(&App, Now, &mut Frame) -> FrameMap`. Reads the app, changes nothing, keeps nothing.
