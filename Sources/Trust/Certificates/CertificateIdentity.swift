import Bytes
import SwiftASN1
import X509

/// Facts on a build or a login that Fulcio writes into certificates.
///
/// Source: Fulcio, docs/oid-info.md; the numbers are the last component of `1.3.6.1.4.1.57264.1`.
package enum FulcioClaim: UInt, Sendable, Hashable, CaseIterable {
  /// The older extensions hold their text without DER.
  case githubWorkflowTrigger = 2
  case githubWorkflowSHA = 3
  case githubWorkflowName = 4
  case githubWorkflowRepository = 5
  case githubWorkflowRef = 6
  case buildSignerURI = 9
  case buildSignerDigest = 10
  case runnerEnvironment = 11
  case sourceRepositoryURI = 12
  case sourceRepositoryDigest = 13
  case sourceRepositoryRef = 14
  case sourceRepositoryIdentifier = 15
  case sourceRepositoryOwnerURI = 16
  case sourceRepositoryOwnerIdentifier = 17
  case buildConfigURI = 18
  case buildConfigDigest = 19
  case buildTrigger = 20
  case runInvocationURI = 21
  case sourceRepositoryVisibility = 22
  case deploymentEnvironment = 23

  /// As the documentation calls it.
  package var name: String {
    switch self {
    case .githubWorkflowTrigger: "GitHub workflow trigger"
    case .githubWorkflowSHA: "GitHub workflow SHA"
    case .githubWorkflowName: "GitHub workflow name"
    case .githubWorkflowRepository: "GitHub workflow repository"
    case .githubWorkflowRef: "GitHub workflow ref"
    case .buildSignerURI: "build signer URI"
    case .buildSignerDigest: "build signer digest"
    case .runnerEnvironment: "runner environment"
    case .sourceRepositoryURI: "source repository URI"
    case .sourceRepositoryDigest: "source repository digest"
    case .sourceRepositoryRef: "source repository ref"
    case .sourceRepositoryIdentifier: "source repository identifier"
    case .sourceRepositoryOwnerURI: "source repository owner URI"
    case .sourceRepositoryOwnerIdentifier: "source repository owner identifier"
    case .buildConfigURI: "build config URI"
    case .buildConfigDigest: "build config digest"
    case .buildTrigger: "build trigger"
    case .runInvocationURI: "run invocation URI"
    case .sourceRepositoryVisibility: "source repository visibility"
    case .deploymentEnvironment: "deployment environment"
    }
  }

  /// As policies write it: the name in camel case, such as `sourceRepositoryURI`.
  package var key: String { String(describing: self) }
}

/// Who a certificate is for, as its authority says.
package struct CertificateIdentity: Sendable, Hashable {
  /// URIs, addresses and user names of the subject alternative name.
  package let names: [String]
  /// The OpenID Connect issuer that confirmed the identity; empty where the certificate has none.
  package let issuer: String
  package let claims: [FulcioClaim: String]
  /// The distinguished name, for people.
  package let subject: String

  package init(_ certificate: SigningCertificate) throws(TrustFailure) {
    var names: [String] = []
    if let value = certificate.value(.X509ExtensionID.subjectAlternativeName) {
      var fields = try DERFields(der: value, of: .certificate)
      for node in fields.rest() {
        guard names.count < TrustLimits.names else {
          throw .tooLarge(.certificate, limit: TrustLimits.names, unit: "names")
        }
        if let name = try Self.name(node) { names.append(name) }
      }
    }
    self.names = names
    subject = certificate.certificate.subject.description
    var issuer = ""
    if let value = certificate.value([1, 3, 6, 1, 4, 1, 57264, 1, 8]) {
      issuer = try Self.text(value)
    } else if let value = certificate.value([1, 3, 6, 1, 4, 1, 57264, 1, 1]) {
      issuer = try Self.plain(value)
    }
    self.issuer = issuer
    var claims: [FulcioClaim: String] = [:]
    for claim in FulcioClaim.allCases {
      guard let value = certificate.value([1, 3, 6, 1, 4, 1, 57264, 1, claim.rawValue]) else { continue }
      claims[claim] = claim.rawValue < 7 ? try Self.plain(value) : try Self.text(value)
    }
    self.claims = claims
  }

  /// URIs, mail addresses, DNS names, and the user names of Fulcio (`otherName` 1.3.6.1.4.1.57264.1.7).
  private static func name(_ node: ASN1Node) throws(TrustFailure) -> String? {
    switch node.identifier {
    case .context(1), .context(2), .context(6):
      guard let bytes = node.primitive else { throw .malformed(.certificate, "an alternative name is not valid") }
      return try plain(bytes)
    case .context(0):
      var fields = try DERFields(node, .context(0), of: .certificate)
      guard try fields.objectIdentifier() == [1, 3, 6, 1, 4, 1, 57264, 1, 7] else { return nil }
      var value = try fields.fields(.context(0))
      let text = try value.next()
      guard text.identifier == .utf8String, let bytes = text.primitive else {
        throw .malformed(.certificate, "a user name is not valid")
      }
      return try plain(bytes)
    default: return nil
    }
  }

  private static func text(_ der: ArraySlice<UInt8>) throws(TrustFailure) -> String {
    let node = try DERFields.parse(der, of: .certificate)
    guard node.identifier == .utf8String, let bytes = node.primitive else {
      throw .malformed(.certificate, "an extension of Fulcio is not valid")
    }
    return try plain(bytes)
  }

  /// No NUL: readers that stop there would see another name.
  private static func plain(_ bytes: ArraySlice<UInt8>) throws(TrustFailure) -> String {
    guard let text = String(validating: bytes, as: UTF8.self), !text.utf8.contains(0) else {
      throw .malformed(.certificate, "a name in it is not text")
    }
    return text
  }
}
