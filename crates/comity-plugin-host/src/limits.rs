//! What one call may use. Every limit is enforced by the host and ends in a sentence that names it.

use std::time::Duration;

/// Limits of one host. All but the last four count per call.
#[derive(Clone, Debug)]
pub struct Limits {
    /// CPU time on the host's threads, the host's own work for the guest included, waiting for HTTP excluded.
    pub cpu: Duration,
    /// Time from the start of the call to its end, HTTP included.
    pub wall: Duration,
    /// Bytes over all memories and tables of all instances together.
    pub memory: usize,
    /// Elements over all tables together.
    pub table_elements: usize,
    /// Bytes of the values handed from guest to host in one import, and in the call's result.
    pub hostcall: usize,
    pub log_lines: usize,
    pub log_bytes: usize,
    pub http_requests: usize,
    /// Bytes sent, bodies and headers of all requests together.
    pub http_sent: usize,
    /// Bytes of one response body, after decompression: none is done, so it is what arrives.
    pub http_response: usize,
    /// From connecting to the last byte of the response.
    pub http_timeout: Duration,
    /// Bytes of all keys and values of a connection.
    pub kv_bytes: usize,
    pub kv_keys: usize,
    /// Bytes of one captured secret, its name included.
    pub captured_secret: usize,
    /// Captured secrets of a connection; those that the call replaced or forgot count, too.
    pub captured_secrets: usize,
    /// Bytes of all of them together. Looking for them in what goes back takes a few hundred times as much memory.
    pub captured_bytes: usize,
    /// Events in one result; `poll` is never asked for more than this either.
    pub events: usize,
    /// Bytes of a component.
    pub component: usize,
    /// How long compiling may take before the component is refused.
    pub compile: Duration,
    /// Calls that run at the same time; more wait, and their time does not begin to count.
    pub concurrent_calls: usize,
    /// Bytes of `description.config-schema`.
    pub config_schema: usize,
}

impl Default for Limits {
    fn default() -> Self {
        Self {
            cpu: Duration::from_millis(500),
            wall: Duration::from_secs(30),
            memory: 64 << 20,
            table_elements: 100_000,
            hostcall: 8 << 20,
            log_lines: 200,
            log_bytes: 64 << 10,
            http_requests: 50,
            http_sent: 8 << 20,
            http_response: 4 << 20,
            http_timeout: Duration::from_secs(15),
            kv_bytes: 1 << 20,
            kv_keys: 1_000,
            captured_secret: 8 << 10,
            captured_secrets: 16,
            captured_bytes: 32 << 10,
            events: 1_000,
            component: 32 << 20,
            compile: Duration::from_mins(1),
            concurrent_calls: 64,
            config_schema: 64 << 10,
        }
    }
}
