#pragma once

#include "tests/support/temporary_folder.hpp"

#include <openssl/bio.h>
#include <openssl/evp.h>
#include <openssl/pem.h>
#include <openssl/x509v3.h>

#include <memory>
#include <string>

namespace tinybook::test {

/// A certificate of a server, signed by itself, valid for an hour.
class own_certificate {
 public:
  /// Valid for one name such as `IP:127.0.0.1`.
  explicit own_certificate(const std::string& name) {
    auto* made = certificate_.get();
    X509_set_version(made, 2);
    ASN1_INTEGER_set(X509_get_serialNumber(made), 1);
    X509_gmtime_adj(X509_getm_notBefore(made), -3600);
    X509_gmtime_adj(X509_getm_notAfter(made), 3600);
    X509_set_pubkey(made, key_.get());
    const std::string common{"tinybook test"};
    X509_NAME_add_entry_by_txt(X509_get_subject_name(made), "CN", MBSTRING_ASC,
                               reinterpret_cast<const unsigned char*>(common.c_str()), -1,
                               -1, 0);
    X509_set_issuer_name(made, X509_get_subject_name(made));
    auto* extension =
        X509V3_EXT_conf_nid(nullptr, nullptr, NID_subject_alt_name, name.c_str());
    X509_add_ext(made, extension, -1);
    X509_EXTENSION_free(extension);
    X509_sign(made, key_.get(), EVP_sha256());
    auto* to = BIO_new_file(file().c_str(), "w");
    PEM_write_bio_X509(to, made);
    BIO_free(to);
    auto* secret = BIO_new_file(key_file().c_str(), "w");
    PEM_write_bio_PKCS8PrivateKey(secret, key_.get(), nullptr, nullptr, 0, nullptr,
                                  nullptr);
    BIO_free(secret);
  }

  [[nodiscard]] X509* certificate() const { return certificate_.get(); }
  [[nodiscard]] EVP_PKEY* key() const { return key_.get(); }
  /// With the certificate as PEM, for who is to trust it.
  [[nodiscard]] std::string file() const { return (folder_.path() / "ca.pem").string(); }
  /// With the key as PEM, for the server.
  [[nodiscard]] std::string key_file() const {
    return (folder_.path() / "key.pem").string();
  }

 private:
  temporary_folder folder_;
  std::unique_ptr<EVP_PKEY, decltype(&EVP_PKEY_free)> key_{EVP_RSA_gen(2048),
                                                           EVP_PKEY_free};
  std::unique_ptr<X509, decltype(&X509_free)> certificate_{X509_new(), X509_free};
};

} // namespace tinybook::test
