//! The waveform in block characters.
