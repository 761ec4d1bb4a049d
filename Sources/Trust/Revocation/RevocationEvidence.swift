import Bytes
import SwiftASN1

/// What is known about revoked certificates: lists and answers of responders, from files, or asked for where the user wants that.
///
/// Judged as Notation does: a responder is asked first, and lists where it does not know; what is revoked for good is revoked, whoever
/// says so; and what nobody speaks for is unknown, never good.
///
/// Source: notaryproject/specifications, trust-store-trust-policy.md, "Certificate Revocation Evaluation"; RFC 5280, section 6.3; RFC 6960.
package struct RevocationEvidence: Sendable {
  package let lists: [RevocationList]
  package let responses: [OCSPResponse]
  /// Nil: nothing is asked over the network.
  package let source: (any RevocationSource)?

  package init(
    lists: [RevocationList] = [], responses: [OCSPResponse] = [], source: (any RevocationSource)? = nil
  ) {
    self.lists = lists
    self.responses = responses
    self.source = source
  }

  /// Whether nothing is known, and nobody is asked.
  var isEmpty: Bool { lists.isEmpty && responses.isEmpty && source == nil }

  /// What came of a chain.
  struct Judgement {
    /// Nil where none of its certificates is revoked.
    var failure: TrustFailure?
    /// Until when that is known; nil where no certificate of it can be revoked.
    var ends: Timestamp?
  }

  private enum Status {
    case good(until: Timestamp?)
    case revoked(at: Timestamp)
    case unknown(RevocationGap)
  }

  /// - Parameters:
  ///   - chain: the leaf first; the last, a root, cannot be revoked by itself.
  ///   - trusted: place of the highest certificate that the trust store holds. What stands above it may name any place to ask, so that
  ///     it is not asked about; nil: nothing of the chain is trusted.
  ///   - signed: when the signature was made, where that is proved: keys that became bad later do not matter.
  func judge(
    _ chain: [SigningCertificate], trusted: Int?, signed: Timestamp?, now: Timestamp
  ) async -> Judgement {
    var judgement = Judgement()
    for (index, (certificate, issuer)) in zip(chain, chain.dropFirst()).enumerated() {
      let mayAsk = trusted.map { index <= $0 } ?? false
      switch await status(certificate, issuer, mayAsk, signed, now) {
      // A certificate that is revoked outweighs one of which nothing is known.
      case .revoked(let time): return Judgement(failure: .revoked(name: certificate.name, at: time))
      case .unknown(let gap):
        judgement.failure = judgement.failure ?? .revocationUnknown(name: certificate.name, gap)
      case .good(let end?): judgement.ends = judgement.ends.map { min($0, end) } ?? end
      case .good(nil): break
      }
    }
    return judgement
  }

  private func status(
    _ certificate: SigningCertificate, _ issuer: SigningCertificate, _ mayAsk: Bool, _ signed: Timestamp?,
    _ now: Timestamp
  ) async -> Status {
    let pointers: RevocationPointers
    do throws(TrustFailure) { pointers = try RevocationPointers(certificate) } catch { return .unknown(.unreadable) }
    let question = Question(
      certificate: certificate, issuer: issuer, pointers: pointers, signed: signed, now: now)
    var own = lists.filter { $0.isSigned(by: issuer) }
    // Without anybody who could revoke it, it is not revoked.
    guard pointers.isRevocable || !own.isEmpty || responses.contains(where: question.concerns) else {
      return .good(until: nil)
    }
    var status = question.status(responses, own)
    guard case .unknown = status, let source else { return status }
    guard mayAsk else { return .unknown(.aboveTrust) }
    var gap: RevocationGap?
    for location in pointers.responders.prefix(Self.mostAsked) {
      do throws(RevocationSourceFailure) {
        let response = try await source.response(from: location, on: certificate, issuer: issuer)
        status = question.status(responses + [response], own)
        switch status {
        case .good, .revoked: return status
        case .unknown(let reason): gap = reason
        }
      } catch { gap = .unreachable(error.reason) }
    }
    // All places are asked: each may speak for other reasons.
    var isWhole = true
    for location in pointers.lists.flatMap(\.locations).prefix(Self.mostAsked) {
      do throws(RevocationSourceFailure) {
        let list = try await source.list(from: location)
        guard list.isSigned(by: issuer) else {
          throw RevocationSourceFailure("\(location): another authority signed the list")
        }
        own.append(list)
        guard let delta = list.deltas.flatMap(\.locations).first else { continue }
        let change = try await source.list(from: delta)
        if change.isSigned(by: issuer) { own.append(change) }
      } catch {
        isWhole = false
        gap = .unreachable(error.reason)
      }
    }
    status = question.status(responses, own)
    switch status {
    case .revoked: return status
    case .good where isWhole: return status
    case .good: return .unknown(gap ?? .noEvidence)
    case .unknown(let reason): return .unknown(gap ?? reason)
    }
  }

  /// Places that are asked about one certificate.
  private static let mostAsked = 4

  /// A certificate, and what has to be known to judge it.
  private struct Question {
    let certificate: SigningCertificate
    let issuer: SigningCertificate
    let pointers: RevocationPointers
    let signed: Timestamp?
    let now: Timestamp

    func concerns(_ response: OCSPResponse) -> Bool {
      response.answers.contains { $0.isAbout(certificate, issuer) }
    }

    /// - Parameter lists: those that the issuer has signed.
    func status(_ responses: [OCSPResponse], _ lists: [RevocationList]) -> Status {
      let said = status(responses, lists: lists)
      if case .revoked = said { return said }
      let listed = status(lists)
      if case .revoked = listed { return listed }
      switch (said, listed) {
      case (.good(let a), .good(let b)): return .good(until: [a, b].compactMap { $0 }.max())
      case (.good, _): return said
      case (_, .good): return listed
      case (.unknown(.noEvidence), _): return listed
      case (_, _): return said
      }
    }

    // MARK: Responders

    private func status(_ responses: [OCSPResponse], lists: [RevocationList]) -> Status {
      var gap = RevocationGap.noEvidence
      var end: Timestamp?
      for response in responses where concerns(response) {
        let isValid = response.isSigned(for: issuer, now: now) { responder in
          lists.contains { $0.entries[responder.serial].map { $0.reason != .removeFromList } ?? false }
        }
        guard isValid else { continue }
        for answer in response.answers where answer.isAbout(certificate, issuer) {
          let isCurrent = RevocationPeriod(answer.thisUpdate, answer.nextUpdate).contains(now)
          switch answer.status {
          case .revoked(let entry):
            if wasGoodThen(entry) {
              if isCurrent { end = later(end, answer.nextUpdate) }
            } else if isCurrent || !entry.isTemporary {
              return .revoked(at: entry.date)
            }
          case .good: if isCurrent { end = later(end, answer.nextUpdate) }
          case .unknown: gap = .unknownToResponder
          }
          if !isCurrent, gap == .noEvidence { gap = .notCurrent }
        }
      }
      return end.map { .good(until: $0) } ?? .unknown(gap)
    }

    private func later(_ a: Timestamp?, _ b: Timestamp?) -> Timestamp? { [a, b].compactMap { $0 }.max() }

    /// Whether a signature was made before the key became bad. Without a proved time of signing it was not.
    private func wasGoodThen(_ entry: RevocationList.Entry) -> Bool {
      guard let since = entry.invalidityDate, let signed else { return false }
      return signed < since
    }

    // MARK: Lists

    private func status(_ lists: [RevocationList]) -> Status {
      var gap = RevocationGap.noEvidence
      var covered: RevocationReasons = []
      var end: Timestamp?
      for list in lists where !list.isDelta {
        let delta = lists.filter { $0.isDelta && $0.adds(to: list) }.max { $0.thisUpdate < $1.thisUpdate }
        var entry = list.entries[certificate.serial]
        if let change = delta?.entries[certificate.serial] {
          entry = entry.map { RevocationList.Entry.graver($0, change) } ?? change
        }
        let isCurrent = list.isCurrent(at: now) && (delta?.isCurrent(at: now) ?? true)
        if let entry, entry.reason != .removeFromList, !wasGoodThen(entry) {
          // A certificate on hold may be released by a newer list; other revocations are for good.
          if isCurrent || !entry.isTemporary { return .revoked(at: entry.date) }
        }
        guard let reasons = list.reasons(for: certificate, pointers.lists) else { continue }
        guard isCurrent else {
          gap = .notCurrent
          continue
        }
        guard delta != nil || list.deltas.isEmpty && pointers.deltas.isEmpty else {
          gap = .deltaMissing
          continue
        }
        covered.formUnion(reasons)
        let until = [list.nextUpdate, delta?.nextUpdate].compactMap { $0 }.min()
        end = [end, until].compactMap { $0 }.min()
      }
      return covered.isSuperset(of: .all) ? .good(until: end) : .unknown(gap)
    }
  }
}

extension RevocationList {
  /// Whether a delta belongs to a complete list: the same scope, its base is not newer, and it is not older itself.
  func adds(to complete: RevocationList) -> Bool {
    guard let baseNumber, let number, let other = complete.number, scope == complete.scope else { return false }
    return Self.isAtMost(baseNumber, other) && Self.isAtMost(other, number)
  }

  /// Compares two positive integers by their bytes.
  private static func isAtMost(_ a: ArraySlice<UInt8>, _ b: ArraySlice<UInt8>) -> Bool {
    let (a, b) = (a.drop { $0 == 0 }, b.drop { $0 == 0 })
    return a.count == b.count ? !b.lexicographicallyPrecedes(a) : a.count < b.count
  }
}
