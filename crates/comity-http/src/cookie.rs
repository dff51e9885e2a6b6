//! The session cookie: out of reach of scripts, sent to this site only, and encrypted on the way where the site is.

use axum::http::{HeaderMap, HeaderValue, header};
use cookie::{Cookie, SameSite, time::Duration};
use jiff::SignedDuration;

#[derive(Clone, Copy, Debug)]
pub struct SessionCookie {
    secure: bool,
}

impl SessionCookie {
    pub const NAME: &str = "comity_session";
    /// Browsers take this name only with `Secure`, `Path=/` and no `Domain`, so that no neighbouring host can set it.
    pub const SECURE_NAME: &str = "__Host-comity_session";

    /// `public_url`: the address that people use.
    pub fn for_site(public_url: &str) -> Self {
        Self { secure: public_url.get(..8).is_some_and(|scheme| scheme.eq_ignore_ascii_case("https://")) }
    }

    pub fn read(self, headers: &HeaderMap) -> Option<&str> {
        let lines = headers.get_all(header::COOKIE).into_iter().filter_map(|value| value.to_str().ok());
        let mut pairs = lines.flat_map(|line| line.split(';')).filter_map(|pair| pair.trim().split_once('='));
        pairs.find(|(name, _)| *name == self.name()).map(|(_, value)| value)
    }

    pub fn set(self, token: &str, lasts: SignedDuration) -> HeaderValue {
        self.write(token, Duration::seconds(lasts.as_secs()))
    }

    pub fn clear(self) -> HeaderValue {
        self.write("", Duration::ZERO)
    }

    fn write(self, token: &str, lasts: Duration) -> HeaderValue {
        let cookie = Cookie::build((self.name(), token))
            .path("/")
            .http_only(true)
            .same_site(SameSite::Lax)
            .secure(self.secure)
            .max_age(lasts);
        // Names and tokens are plain ASCII; anything else would not be sent at all.
        HeaderValue::from_str(&cookie.to_string()).unwrap_or_else(|_| HeaderValue::from_static(""))
    }

    fn name(self) -> &'static str {
        if self.secure { Self::SECURE_NAME } else { Self::NAME }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_cookie_is_secure_where_the_site_is() {
        let day = SignedDuration::from_hours(24);
        let secure = SessionCookie::for_site("https://care.example.org").set("abc", day);
        assert_eq!(secure, "__Host-comity_session=abc; HttpOnly; SameSite=Lax; Secure; Path=/; Max-Age=86400");
        let plain = SessionCookie::for_site("http://127.0.0.1:8080").set("abc", day);
        assert_eq!(plain, "comity_session=abc; HttpOnly; SameSite=Lax; Path=/; Max-Age=86400");
    }

    #[test]
    fn it_is_found_among_others() {
        let mut headers = HeaderMap::new();
        headers.insert(header::COOKIE, HeaderValue::from_static("a=1; comity_session=abc; xcomity_session=no"));
        assert_eq!(SessionCookie::for_site("http://x").read(&headers), Some("abc"));
        assert_eq!(SessionCookie::for_site("https://x").read(&headers), None);
    }
}
