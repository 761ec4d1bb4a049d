package import Bytes

extension SignedImageVerdict {
  /// Why policies are not met, one sentence for each authority, for people.
  package var reasons: [String] {
    var reasons: [String] = gaps.map { "not read: \($0)" }
    for policy in policies {
      switch policy.outcome {
      case .satisfied: continue
      case .excepted(let reason, let expires):
        reasons.append("\(policy.policy): \(reason)" + (expires.map { " (until \($0.text))" } ?? ""))
        continue
      case .refused: break
      }
      if policy.authorities.isEmpty { reasons.append("\(policy.policy): nobody can meet the policy") }
      for authority in policy.authorities where !authority.isSatisfied {
        let label = "\(policy.policy)/\(authority.name)"
        if let missing = authority.missingAttestations.first {
          let failure = authority.evidence.lazy.filter { $0.purpose == .attestation }.compactMap(\.verdict.failure)
            .first
          reasons.append("\(label): no valid attestation of \(missing)" + (failure.map { ": \($0.sentence)" } ?? ""))
        } else if let failure = authority.evidence.lazy.compactMap(\.verdict.failure).first {
          reasons.append("\(label): \(failure.sentence)")
        } else {
          reasons.append("\(label): no signature of its kind")
        }
      }
    }
    return reasons
  }

  /// Until when the verdict holds: the end of an exception, of an age limit, or of what the signer has said. Nil for no end.
  ///
  /// Of several signatures that meet a policy the one counts that ends last.
  package var end: Timestamp? {
    var end: Timestamp?
    func limit(_ time: Timestamp?) {
      guard let time else { return }
      end = end.map { min($0, time) } ?? time
    }
    for policy in policies {
      if case .excepted(_, let expires?) = policy.outcome { limit(expires.lastMoment) }
      for authority in policy.authorities where authority.isSatisfied {
        var last: Timestamp?
        var isOpen = false
        for evidence in authority.evidence where evidence.verdict.isVerified {
          guard let ends = evidence.verdict.ends else {
            isOpen = true
            continue
          }
          last = last.map { max($0, ends) } ?? ends
        }
        if !isOpen { limit(last) }
      }
    }
    return end
  }
}

extension CalendarDate {
  /// The last second of the day in UTC.
  fileprivate var lastMoment: Timestamp? { Timestamp(date: self, hour: 23, minute: 59, second: 59, nanosecond: 0) }
}
