//! Lines of the connection's log, which administrators read.

use crate::bindings::imports::comity::connector::log::write;

pub fn debug(message: impl AsRef<str>) {
    write("debug", message.as_ref());
}

pub fn info(message: impl AsRef<str>) {
    write("info", message.as_ref());
}

pub fn warn(message: impl AsRef<str>) {
    write("warn", message.as_ref());
}

pub fn error(message: impl AsRef<str>) {
    write("error", message.as_ref());
}
