import SwiftASN1

extension SignatureScheme {
  /// Reads an AlgorithmIdentifier's object identifier, and of RSASSA-PSS the parameters.
  ///
  /// - Parameter hash: the hash for `rsaEncryption`, which names none; nil where it may not stand.
  init(
    _ identifier: ASN1ObjectIdentifier, parameters: inout DERFields, hash: HashAlgorithm?, of input: TrustInput
  ) throws(TrustFailure) {
    switch identifier {
    case [1, 2, 840, 10045, 4, 3, 2]: self = .ecdsa(.sha256)
    case [1, 2, 840, 10045, 4, 3, 3]: self = .ecdsa(.sha384)
    case [1, 2, 840, 10045, 4, 3, 4]: self = .ecdsa(.sha512)
    case [1, 2, 840, 113549, 1, 1, 11]: self = .rsaPKCS1(.sha256)
    case [1, 2, 840, 113549, 1, 1, 12]: self = .rsaPKCS1(.sha384)
    case [1, 2, 840, 113549, 1, 1, 13]: self = .rsaPKCS1(.sha512)
    case [1, 3, 101, 112]: self = .ed25519
    case [1, 2, 840, 113549, 1, 1, 10]:
      var fields = try parameters.fields()
      // Without the field it is SHA-1.
      guard let node = fields.next(if: .context(0)) else { throw .unsupported(input, "RSASSA-PSS with SHA-1") }
      var explicit = try DERFields(node, .context(0), of: input)
      var algorithm = try explicit.fields()
      self = .rsaPSS(try HashAlgorithm(try algorithm.objectIdentifier(), of: input))
    case [1, 2, 840, 113549, 1, 1, 1]:
      guard let hash else { throw .unsupported(input, "signature algorithm \(identifier)") }
      self = .rsaPKCS1(hash)
    default: throw .unsupported(input, "signature algorithm \(identifier)")
    }
  }
}

extension HashAlgorithm {
  init(_ identifier: ASN1ObjectIdentifier, of input: TrustInput) throws(TrustFailure) {
    switch identifier {
    case [2, 16, 840, 1, 101, 3, 4, 2, 1]: self = .sha256
    case [2, 16, 840, 1, 101, 3, 4, 2, 2]: self = .sha384
    case [2, 16, 840, 1, 101, 3, 4, 2, 3]: self = .sha512
    default: throw .unsupported(input, "hash algorithm \(identifier)")
    }
  }
}
