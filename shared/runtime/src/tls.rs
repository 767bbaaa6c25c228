//! The one TLS provider of a process. Without it, whoever first speaks TLS would have to guess.

/// Makes ring the provider of rustls for this process. Calling it again changes nothing.
pub fn install() {
    // An error says that a provider is already installed, which is what we want.
    let _ = rustls::crypto::ring::default_provider().install_default();
}
