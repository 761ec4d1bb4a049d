package import Findings

/// Something odd about a policy: that it is refused, that it does nothing, that it does not do what it seems to.
package struct PolicyRemark: Sendable {
  /// What kind of thing; stable, for programs. Dialects add their own.
  package struct Code: RawRepresentable, Sendable, Hashable, ExpressibleByStringLiteral {
    package let rawValue: String

    package init(rawValue: String) { self.rawValue = rawValue }
    package init(stringLiteral text: String) { rawValue = text }

    /// The API server would refuse it.
    package static let refused: Code = "bad-policy"
    /// Another of its name replaces it.
    package static let replaced: Code = "replaced-policy"
    package static let samePriority: Code = "same-priority"
    package static let sameOrder: Code = "same-order"
    package static let differsByPlugin: Code = "differs-by-plugin"
    package static let unknownPeer: Code = "unknown-peer"
    package static let notEvaluated: Code = "not-evaluated"
    /// The network plugin does not act by it.
    package static let notEnforced: Code = "not-enforced"
    /// Whether the network plugin acts by it depends on what the input does not show.
    package static let maybeEnforced: Code = "maybe-enforced"
    /// No pod that it selects has a proxy that would act by it.
    package static let noProxy: Code = "no-proxy"
    /// A rule asks for what the proxy in front of a pod does not see.
    package static let unseenAttributes: Code = "unseen-attributes"
    /// The kind has no such field.
    package static let unknownField: Code = "unknown-field"
    /// A rule names the port of a Service where its pods listen on another.
    package static let servicePort: Code = "service-port"
    /// A policy of the network leaves out the port on which an ambient mesh carries everything.
    package static let shutTunnel: Code = "shut-tunnel"
    package static let selectsNothing: Code = "selects-nothing"
    package static let peerMatchesNothing: Code = "peer-matches-nothing"
    package static let shadowedRule: Code = "shadowed-rule"
    package static let redundantRule: Code = "redundant-rule"
    package static let noDNS: Code = "no-dns"
    package static let noDefaultDeny: Code = "no-default-deny"
  }

  package let code: Code
  /// Nil where it is not about one object.
  package let object: Subject?
  package let location: Location
  /// What is odd, in words without the object's name.
  package let detail: String
  /// True where something was left out because of it, so that answers may be wrong.
  package let hidesInput: Bool

  package init(code: Code, object: Subject?, location: Location, detail: String, hidesInput: Bool = false) {
    self.code = code
    self.object = object
    self.location = location
    self.detail = detail
    self.hidesInput = hidesInput
  }

  package var message: String { (object.map { $0.text + ": " } ?? "") + detail }

  package var problem: Problem {
    Problem(
      code: Problem.Code(rawValue: code.rawValue), location: location, subject: object, message: detail,
      hidesInput: hidesInput)
  }
}
