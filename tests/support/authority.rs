//! Signs certificates for the tests of TLS, and puts them where Docker looks for them.

use std::fs;
use std::path::{Path, PathBuf};

use rcgen::{
    BasicConstraints, CertificateParams, CertifiedIssuer, DnType, ExtendedKeyUsagePurpose, IsCa,
    KeyPair, date_time_ymd,
};
use tempfile::TempDir;

/// An authority, whose name no other has.
pub struct Authority(CertifiedIssuer<'static, KeyPair>);

/// What a certificate is for.
#[derive(Debug, Clone, Copy)]
pub enum For {
    /// A server at 127.0.0.1.
    Loopback,
    /// A client.
    Client,
    /// A client, until the end of 2020.
    ClientOf2020,
}

/// A folder of `ca.pem`, `cert.pem` and `key.pem`.
pub struct Folder(TempDir);

impl Authority {
    /// A new one.
    pub fn new(name: &str) -> Self {
        let mut params = CertificateParams::default();
        params.is_ca = IsCa::Ca(BasicConstraints::Unconstrained);
        params.distinguished_name.push(DnType::CommonName, name);
        let key = KeyPair::generate().unwrap();
        Self(CertifiedIssuer::self_signed(params, key).unwrap())
    }

    /// A certificate that it signed, beside its own.
    pub fn folder(&self, purpose: For) -> Folder {
        let names = match purpose {
            For::Loopback => vec!["127.0.0.1".to_owned()],
            For::Client | For::ClientOf2020 => Vec::new(),
        };
        let mut params = CertificateParams::new(names).unwrap();
        params.distinguished_name.push(DnType::CommonName, "test");
        params.extended_key_usages = vec![match purpose {
            For::Loopback => ExtendedKeyUsagePurpose::ServerAuth,
            For::Client | For::ClientOf2020 => ExtendedKeyUsagePurpose::ClientAuth,
        }];
        if let For::ClientOf2020 = purpose {
            params.not_before = date_time_ymd(2020, 1, 1);
            params.not_after = date_time_ymd(2020, 12, 31);
        }
        let key = KeyPair::generate().unwrap();
        let certificate = params.signed_by(&key, &self.0).unwrap();
        let folder = Folder(tempfile::tempdir().unwrap());
        fs::write(folder.file("ca.pem"), self.0.pem()).unwrap();
        fs::write(folder.file("cert.pem"), certificate.pem()).unwrap();
        fs::write(folder.file("key.pem"), key.serialize_pem()).unwrap();
        folder
    }
}

impl Folder {
    /// The folder.
    pub fn path(&self) -> &Path {
        self.0.path()
    }

    /// One of its files.
    pub fn file(&self, name: &str) -> PathBuf {
        self.0.path().join(name)
    }

    /// The same with a file of another in place of its own.
    pub fn with(self, name: &str, other: &Self) -> Self {
        fs::copy(other.file(name), self.file(name)).unwrap();
        self
    }

    /// The same without these files.
    pub fn without(self, names: &[&str]) -> Self {
        for name in names {
            fs::remove_file(self.file(name)).unwrap();
        }
        self
    }
}
