import Crypto

/// A message in the form in which a signature scheme takes it, so that a long one is hashed once for many keys.
enum MessageDigest: Sendable, Hashable {
  case sha256(SHA256Digest)
  case sha384(SHA384Digest)
  case sha512(SHA512Digest)
  /// Ed25519 hashes by itself.
  case whole([UInt8])

  init(_ message: [UInt8], _ scheme: SignatureScheme) {
    switch scheme {
    case .ecdsa(.sha256), .rsaPKCS1(.sha256), .rsaPSS(.sha256): self = .sha256(SHA256.hash(data: message))
    case .ecdsa(.sha384), .rsaPKCS1(.sha384), .rsaPSS(.sha384): self = .sha384(SHA384.hash(data: message))
    case .ecdsa(.sha512), .rsaPKCS1(.sha512), .rsaPSS(.sha512): self = .sha512(SHA512.hash(data: message))
    case .ed25519: self = .whole(message)
    }
  }

  /// The hash; nil for a whole message.
  var bytes: [UInt8]? {
    switch self {
    case .sha256(let digest): Array(digest)
    case .sha384(let digest): Array(digest)
    case .sha512(let digest): Array(digest)
    case .whole: nil
    }
  }
}
