//! One connection to a PulseAudio server: commands and frames out, replies and news in.

use std::io::{self, Cursor, Read, Write};
use std::os::fd::{AsFd, BorrowedFd};
use std::os::unix::net::UnixStream;
use std::path::Path;
use std::time::{Duration, Instant};

use pulseaudio::protocol::{
    self, AuthParams, AuthReply, Command, CommandReply, DESCRIPTOR_SIZE, Prop, Props, PulseError,
    SetClientNameReply, TagStructReader,
};
use rustix::net::{self, AddressFamily, SocketAddrUnix, SocketFlags, SocketType};

/// How long one answer may take while nothing plays yet. A server may take a connection and never say a word.
const PATIENCE: Duration = Duration::from_secs(1);

const NO_ANSWER: &str = "the sound server does not answer";

/// The longest message that is read. The list of a machine's sinks takes some kilobytes.
const LONGEST: usize = 4 << 20;

/// Bytes that are read at once.
const GULP: usize = 4 << 10;

/// Of this length and no other, or the server understands nothing; one that asks for no cookie takes any.
const COOKIE: usize = 256;

/// On the control channel there are commands, on the others frames.
const CONTROL: u32 = u32::MAX;

pub(super) struct Connection {
    socket: UnixStream,
    version: u16,
    /// The number of the next command.
    number: u32,
    /// What came, from `read` on not taken yet.
    came: Vec<u8>,
    read: usize,
    /// What is to go out.
    out: Vec<u8>,
}

/// What the server says.
pub(super) struct Message {
    /// Of the command that it answers, for a reply or an error.
    pub number: u32,
    pub command: Command,
    rest: Vec<u8>,
}

impl Connection {
    /// Connects and says who this is.
    ///
    /// # Errors
    /// Why it cannot be used, for people.
    pub(super) fn open(socket: &Path) -> Result<Self, String> {
        let socket = connect(socket).map_err(|error| match error.kind() {
            io::ErrorKind::WouldBlock => NO_ANSWER.to_owned(),
            _ => error.to_string(),
        })?;
        let mut connection = Self {
            socket,
            version: protocol::MAX_VERSION,
            number: 0,
            came: Vec::new(),
            read: 0,
            out: Vec::new(),
        };
        let cookie = pulseaudio::cookie_path_from_env().and_then(|path| std::fs::read(path).ok());
        let mut cookie = cookie.unwrap_or_default();
        cookie.resize(COOKIE, 0);
        let answer: AuthReply = connection.ask(&Command::Auth(AuthParams {
            version: protocol::MAX_VERSION,
            supports_shm: false,
            supports_memfd: false,
            cookie,
        }))?;
        connection.version = connection.version.min(answer.version);
        let mut who = Props::new();
        who.set(Prop::ApplicationName, c"callreel");
        let _: SetClientNameReply = connection.ask(&Command::SetClientName(who))?;
        Ok(connection)
    }

    /// Waits for the answer; what else the server says meanwhile is dropped. Not while a stream plays.
    ///
    /// # Errors
    /// The server refuses, is gone, or does not answer; for people.
    pub(super) fn ask<R: CommandReply>(&mut self, command: &Command) -> Result<R, String> {
        let number = self.send(command)?;
        self.flush().map_err(|error| lost(&error))?;
        let asked = Instant::now();
        loop {
            let Some(message) = self.message()? else {
                if asked.elapsed() >= PATIENCE {
                    return Err(NO_ANSWER.to_owned());
                }
                let more = self.fill().map_err(|error| lost(&error))?;
                match more {
                    true => continue,
                    false => return Err(NO_ANSWER.to_owned()),
                }
            };
            match message.command {
                Command::Reply if message.number == number => return self.reply(&message),
                Command::Error(PulseError::NoEntity) if message.number == number => {
                    return Err("there is no sound device".to_owned());
                }
                Command::Error(error) if message.number == number => {
                    return Err(format!("the sound server refuses: {error}"));
                }
                _ => {}
            }
        }
    }

    /// The content of a reply.
    ///
    /// # Errors
    /// It is something else.
    pub(super) fn reply<R: CommandReply>(&self, message: &Message) -> Result<R, String> {
        let mut rest = Cursor::new(&message.rest);
        let mut reader = TagStructReader::new(&mut rest, self.version);
        reader.read().map_err(|error| misunderstood(&error))
    }

    /// From here on nothing waits for the server.
    ///
    /// # Errors
    /// What the system says.
    pub(super) fn never_wait(&mut self) -> io::Result<()> {
        self.socket.set_nonblocking(true)
    }

    /// Puts a command behind what is to go out: its number.
    ///
    /// # Errors
    /// It cannot be written in this server's version.
    pub(super) fn send(&mut self, command: &Command) -> Result<u32, String> {
        let number = self.number;
        self.number = self.number.wrapping_add(1);
        protocol::write_command_message(&mut self.out, number, command, self.version)
            .map_err(|error| misunderstood(&error))?;
        Ok(number)
    }

    /// Puts frames behind what is to go out, written by `frames` as bytes: they go `back` bytes before the end of those that
    /// the server has, in their place.
    pub(super) fn send_frames(
        &mut self,
        channel: u32,
        back: usize,
        frames: impl FnOnce(&mut Vec<u8>),
    ) {
        let begin = self.out.len();
        self.out.resize(begin + DESCRIPTOR_SIZE, 0);
        frames(&mut self.out);
        let length = self.out.len() - begin - DESCRIPTOR_SIZE;
        let head = protocol::Descriptor {
            length: u32::try_from(length).unwrap_or(u32::MAX),
            channel,
            // A signed distance from where the server would write next.
            offset: (back as u64).wrapping_neg(),
            flags: protocol::DescriptorFlags::empty(),
        };
        if let Some(place) = self.out.get_mut(begin..begin + DESCRIPTOR_SIZE)
            && let Ok(place) = place.try_into()
        {
            protocol::encode_descriptor(place, &head);
        }
    }

    /// Writes what is to go out, as far as the server takes it now. True when nothing is left.
    ///
    /// # Errors
    /// The server is gone.
    pub(super) fn flush(&mut self) -> io::Result<bool> {
        let mut written = 0;
        let outcome = loop {
            let Some(left @ [_, ..]) = self.out.get(written..) else {
                break Ok(true);
            };
            match self.socket.write(left) {
                Ok(0) => break Err(io::ErrorKind::WriteZero.into()),
                Ok(more) => written += more,
                Err(error) if error.kind() == io::ErrorKind::Interrupted => {}
                Err(error) if error.kind() == io::ErrorKind::WouldBlock => break Ok(false),
                Err(error) => break Err(error),
            }
        };
        self.out.drain(..written);
        outcome
    }

    /// Reads what has come. False: nothing has.
    ///
    /// # Errors
    /// The server is gone.
    pub(super) fn fill(&mut self) -> io::Result<bool> {
        self.came.drain(..self.read);
        self.read = 0;
        let mut gulp = [0; GULP];
        loop {
            match self.socket.read(&mut gulp) {
                Ok(0) => return Err(io::ErrorKind::UnexpectedEof.into()),
                Ok(read) => {
                    self.came.extend(gulp.iter().take(read));
                    return Ok(true);
                }
                Err(error) if error.kind() == io::ErrorKind::Interrupted => {}
                Err(error) if error.kind() == io::ErrorKind::WouldBlock => return Ok(false),
                Err(error) => return Err(error),
            }
        }
    }

    /// The next message that has come whole. What this version of the protocol does not know is passed over.
    ///
    /// # Errors
    /// It is none of this protocol.
    pub(super) fn message(&mut self) -> Result<Option<Message>, String> {
        loop {
            let came = self.came.get(self.read..).unwrap_or_default();
            let Some((head, body)) = came.split_at_checked(DESCRIPTOR_SIZE) else {
                return Ok(None);
            };
            let head = protocol::read_descriptor(&mut Cursor::new(head))
                .map_err(|error| misunderstood(&error))?;
            let length = head.length as usize;
            if length > LONGEST {
                return Err("the sound server sends what is no message".to_owned());
            }
            let Some(body) = body.get(..length) else {
                return Ok(None);
            };
            let mut content = Cursor::new(body);
            let read = (head.channel == CONTROL)
                .then(|| Command::read_tag_prefixed(&mut content, self.version).ok())
                .flatten();
            let rest = content.position() as usize;
            let message = read.map(|(number, command)| Message {
                number,
                command,
                rest: body.get(rest..).unwrap_or_default().to_vec(),
            });
            self.read += DESCRIPTOR_SIZE + length;
            if message.is_some() {
                return Ok(message);
            }
        }
    }
}

impl AsFd for Connection {
    fn as_fd(&self) -> BorrowedFd<'_> {
        self.socket.as_fd()
    }
}

/// At once or not at all: a server that hangs lets nobody in once enough of them wait.
fn connect(path: &Path) -> io::Result<UnixStream> {
    let address = SocketAddrUnix::new(path)?;
    let flags = SocketFlags::CLOEXEC | SocketFlags::NONBLOCK;
    let socket = net::socket_with(AddressFamily::UNIX, SocketType::STREAM, flags, None)?;
    net::connect(&socket, &address)?;
    let socket = UnixStream::from(socket);
    socket.set_nonblocking(false)?;
    socket.set_read_timeout(Some(PATIENCE))?;
    socket.set_write_timeout(Some(PATIENCE))?;
    Ok(socket)
}

/// For people.
pub(super) fn lost(error: &io::Error) -> String {
    format!("the sound server went away: {error}")
}

fn misunderstood(error: &protocol::ProtocolError) -> String {
    format!("the sound server cannot be understood: {error}")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_server_that_lets_nobody_in_is_not_waited_for() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("native");
        let _hangs = std::os::unix::net::UnixListener::bind(&path).unwrap();
        let mut waiting = Vec::new();
        let refused = loop {
            match connect(&path) {
                Ok(socket) => waiting.push(socket),
                Err(error) => break error,
            }
        };
        assert_eq!(refused.kind(), io::ErrorKind::WouldBlock);
        let told = Connection::open(&path).err();
        assert_eq!(told.as_deref(), Some(NO_ANSWER));
    }
}
