package import Bytes

/// Somebody who may sign: keys, identities, or signers of Notation, and the attestations that they must have made.
package struct ImageAuthority: Sendable {
  /// How the signer is recognised.
  package enum Kind: Sendable {
    /// Any of the keys.
    case keys([VerificationKey])
    case keyless([ExpectedIdentity])
    /// Under a trust policy of Notation.
    case notation(NotationTrustPolicy.Statement)
  }

  /// A statement that must be there.
  package struct Attestation: Sendable {
    /// A URI, or a short name.
    package let predicateType: String
    package let conditions: [AttestationCondition]

    package init(predicateType: String, conditions: [AttestationCondition] = []) {
      self.predicateType = predicateType
      self.conditions = conditions
    }
  }

  package let name: String
  package let kind: Kind
  /// Whether an entry in a transparency log is required.
  package let requiresLog: Bool
  package let requiresCertificateTimestamp: Bool
  /// Which name the image must have had when it was signed; nil: any. Sigstore's bundles state none.
  package let signedName: SignedName?
  /// Where there are any, they take the place of the signature.
  package let attestations: [Attestation]

  package init(
    name: String, kind: Kind, requiresLog: Bool = true, requiresCertificateTimestamp: Bool = true,
    signedName: SignedName? = nil, attestations: [Attestation] = []
  ) {
    self.name = name
    self.kind = kind
    self.requiresLog = requiresLog
    self.requiresCertificateTimestamp = requiresCertificateTimestamp
    self.signedName = signedName
    self.attestations = attestations
  }

  /// The name in a payload of simple signing, as a policy wants it.
  package enum SignedName: Sendable, Hashable {
    /// The repository of the image itself.
    case own
    /// This repository.
    case repository(String)

    /// - Parameter reference: out of the payload; the tag or digest in it is of no interest, since the digest is signed.
    func accepts(_ reference: String, of image: SignedImage) -> Bool {
      let wanted: String =
        switch self {
        case .own: image.repository
        case .repository(let name): name
        }
      return !wanted.isEmpty && ImagePattern.canonical(Self.repository(reference)) == ImagePattern.canonical(wanted)
    }

    /// A reference without its tag and its digest.
    static func repository(_ reference: String) -> String {
      var name = reference.prefix { $0 != "@" }
      let last = name.lastIndex(of: "/").map { name.index(after: $0) } ?? name.startIndex
      if let colon = name[last...].firstIndex(of: ":") { name = name[..<colon] }
      return String(name)
    }
  }

  /// Whether nothing can be verified without a trusted root of Sigstore.
  package var needsRoot: Bool {
    switch kind {
    case .keys: requiresLog
    case .keyless: true
    case .notation: false
    }
  }
}

/// Which images must be signed by whom.
package struct ImagePolicy: Sendable {
  /// How many of the authorities must have signed.
  package enum Quorum: String, Sendable {
    case any
    case all
  }

  /// Images that are let through although they do not meet the policy.
  package struct Exception: Sendable {
    package let images: [ImagePattern]
    package let reason: String
    package let expires: CalendarDate?

    package init(images: [ImagePattern], reason: String, expires: CalendarDate?) {
      self.images = images
      self.reason = reason
      self.expires = expires
    }
  }

  package let name: String
  package let images: [ImagePattern]
  /// Images among them that the policy says nothing of.
  package let excluded: [ImagePattern]
  package let quorum: Quorum
  package let authorities: [ImageAuthority]
  /// Days since the proved time of signing; nil for no limit.
  package let maximumAge: Int?
  package let exceptions: [Exception]

  package init(
    name: String, images: [ImagePattern], excluded: [ImagePattern] = [], quorum: Quorum = .any,
    authorities: [ImageAuthority], maximumAge: Int? = nil, exceptions: [Exception] = []
  ) {
    self.name = name
    self.images = images
    self.excluded = excluded
    self.quorum = quorum
    self.authorities = authorities
    self.maximumAge = maximumAge
    self.exceptions = exceptions
  }

  /// A tag that somebody wrote beside a digest may put an image under a policy, and not out of one.
  package func applies(to image: SignedImage) -> Bool {
    images.contains { $0.matches(image) } && !excluded.contains { $0.matches(image, tagIsProved: image.isTagProved) }
  }
}

/// A glob over the full name of images, such as `registry.example/team/*` or `**`.
///
/// The name is the repository with its registry; a pattern with `:` or `@` behind its last slash is held against the name
/// with the tag or the digest.
package struct ImagePattern: Sendable, Hashable {
  package let text: String
  private let glob: Glob

  package init(_ text: String) {
    self.text = text
    glob = Glob(Self.canonical(text))
  }

  package static func == (a: ImagePattern, b: ImagePattern) -> Bool { a.text == b.text }
  package func hash(into hasher: inout Hasher) { hasher.combine(text) }

  /// A name under which a registry is known besides others is no way around a policy: hosts have no case, 443 is their port, and
  /// Docker Hub has several names.
  static func canonical(_ repository: String) -> String {
    guard let slash = repository.firstIndex(of: "/") else { return repository }
    var host = repository[..<slash].lowercased()
    // 0443 is 443 to whoever connects.
    if let colon = host.lastIndex(of: ":"), let port = UInt16(host[host.index(after: colon)...]) {
      host = String(host[..<colon]) + (port == 443 ? "" : ":\(port)")
    }
    if ["index.docker.io", "registry-1.docker.io", "registry.hub.docker.com"].contains(host) { host = "docker.io" }
    return host + repository[slash...]
  }

  /// - Parameter tagIsProved: false: a pattern with a tag does not match, whatever tag the image names.
  package func matches(_ image: SignedImage, tagIsProved: Bool = true) -> Bool {
    let name = image.repository.isEmpty ? image.reference : Self.canonical(image.repository)
    let last = text.lastIndex(of: "/").map { text.index(after: $0) } ?? text.startIndex
    if text[last...].contains("@") { return glob.matches(name + "@" + image.digest.text) }
    if text[last...].contains(":") {
      return tagIsProved && image.tag.map { glob.matches(name + ":" + $0) } ?? false
    }
    return glob.matches(name)
  }
}
