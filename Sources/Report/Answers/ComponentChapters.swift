import Access
import Bytes
import Depth
import Findings
import Kube
import PodSecurity
import Reach

/// What a dossier says, in chapters of lines: the same for terminals, pages, comments and the comparison with an earlier review.
struct ComponentChapter {
  /// Stable, in kebab case.
  let id: String
  let title: String
  let lines: [String]

  /// Each line once: manifests may hold an object in several variants.
  private var withoutRepetition: ComponentChapter {
    var seen = Set<String>()
    return ComponentChapter(id: id, title: title, lines: lines.filter { seen.insert($0).inserted })
  }

  /// - Parameters:
  ///   - unused: rules without any use in an audit log; nil without a log.
  ///   - needed: the smallest rights with which all that it did would have worked; nil without a log.
  static func all(
    _ dossier: ComponentDossier, unused: [UnusedAccess.Unused]?, needed: [LeastPrivilege.Grant]?,
    records: ImageRecords?, deeds: [AccessSubject: ComponentDeeds]?, isWhole: Bool
  ) -> [ComponentChapter] {
    [
      ComponentChapter(id: "recognised-by", title: "Recognised by", lines: dossier.component.signs.map(\.text)),
      access(dossier), usage(dossier, unused, needed, deeds), confinement(dossier), images(dossier, records),
      exposure(dossier),
      callbacks(dossier), resources(dossier), secrets(dossier), connections(dossier), tokens(dossier),
      worth(dossier, isWhole: isWhole),
    ].filter { !$0.lines.isEmpty }.map(\.withoutRepetition)
  }

  private static func access(_ dossier: ComponentDossier) -> ComponentChapter {
    var lines: [String] = []
    for account in dossier.access.accounts {
      let exposures = dossier.access.exposures.filter { $0.account == account }.map(\.exposure)
      for exposure in exposures {
        lines.append("\(exposure.severity.name.uppercased()) \(account.text) \(exposure.risk.deed) \(place(exposure))")
      }
      let unknown = dossier.access.unknown.filter { $0.account == account }.map(\.reason)
      for reason in unknown { lines.append("what \(account.text) may do is not known: \(reason)") }
      if exposures.isEmpty, unknown.isEmpty { lines.append("\(account.text) has no dangerous permission") }
      if let way = dossier.access.ways.first(where: { $0.account == account }) {
        lines.append(
          "\(account.text) can become cluster admin: "
            + way.steps.map { "\($0.to.text): \($0.text)" }.joined(separator: "; "))
      }
    }
    return ComponentChapter(id: "access", title: "What it may do", lines: lines)
  }

  /// `everywhere`, `in shop, by name`: a right to some names is not one to all.
  private static func place(_ exposure: AccessProfile.Exposure) -> String {
    (exposure.namespace.map { "in " + $0 } ?? "everywhere") + (exposure.match == .named ? ", by name" : "")
  }

  private static func usage(
    _ dossier: ComponentDossier, _ unused: [UnusedAccess.Unused]?, _ needed: [LeastPrivilege.Grant]?,
    _ deeds: [AccessSubject: ComponentDeeds]?
  ) -> ComponentChapter {
    var lines: [String] = []
    for account in deeds == nil ? [] : dossier.access.accounts {
      lines.append(deeds?[account].map { "\(account.text) \($0.text)" } ?? "\(account.text) made no request")
    }
    for item in unused ?? [] {
      for rule in item.rules { lines.append("\(item.subject.text) never used: \(rule.text)") }
    }
    for grant in needed ?? [] {
      let place = grant.namespaces.map { " in \(Phrase.list($0))" } ?? " everywhere"
      for rule in grant.rules { lines.append("\(grant.subject.text) would have worked with: \(rule.text)\(place)") }
    }
    if unused != nil, lines.isEmpty { lines = ["the log holds no request of its accounts"] }
    return ComponentChapter(id: "use", title: "What it did, and the smallest rights for it", lines: lines)
  }

  private static func confinement(_ dossier: ComponentDossier) -> ComponentChapter {
    ComponentChapter(
      id: "confinement", title: "How its pods are confined",
      lines: dossier.confinement.flatMap { item -> [String] in
        let failed = item.failed.isEmpty ? "" : "; the next level refuses \(item.failed.joined(separator: ", "))"
        return ["\(item.workload.text): \(item.level.name)\(failed)"]
          + item.escapes.map { "\(item.workload.text): way out to the node: \($0.text)" }
      })
  }

  /// - Parameter records: what scans and verifications say; nil where none were given.
  private static func images(_ dossier: ComponentDossier, _ records: ImageRecords?) -> ComponentChapter {
    ComponentChapter(
      id: "images", title: "Images",
      lines: dossier.images.map { image in
        let record = records?.record(of: image.reference)
        let name = image.isPinned ? "named by digest" : image.isFloating ? "changes without notice" : "named by tag"
        let clauses = [name] + (record ?? ImageRecords.Record()).clauses
        return "\(image.reference): \(clauses.joined(separator: "; "))"
      })
  }

  private static func exposure(_ dossier: ComponentDossier) -> ComponentChapter {
    var lines = dossier.exposed.map { item in
      let verdict =
        switch item.verdict {
        case .allowed: ""
        case .denied: ", which policies stop"
        case .unknown: ", which may be stopped"
        }
      let authentication =
        switch item.authentication {
        case .ingress: "authentication at the ingress"
        case .mesh: "authentication by the mesh"
        case .own: "what authentication it demands is not in the input"
        }
      return "\(item.workload.text) by \(item.via), \(item.ports)\(verdict); \(authentication)"
    }
    if lines.isEmpty, !dossier.confinement.isEmpty { lines = ["nothing leads in from outside"] }
    return ComponentChapter(id: "exposure", title: "What it exposes", lines: lines)
  }

  private static func callbacks(_ dossier: ComponentDossier) -> ComponentChapter {
    ComponentChapter(
      id: "callbacks", title: "What the API server asks of it, and what happens when it is down",
      lines: dossier.callbacks.map { item in
        let scope = item.scope.isEmpty ? "" : " for \(Phrase.list(item.scope, shown: 3, separator: "; "))"
        let down =
          switch (item.kind, item.failsClosed) {
          case (.api, _): "its resources are gone"
          case (.conversion, _): "its custom resources can be neither read nor written in other versions"
          case (_, true): item.stopsPods ? "requests are refused, and no pod starts" : "requests are refused"
          case (.mutating, false): "objects are admitted unchanged"
          case (_, false): "what it would refuse is let through"
          }
        let wait = item.timeout.map { " after \($0) s" } ?? ""
        let certificate = item.expires.map { "; its authority's certificate ends \($0.prefix(10))" } ?? ""
        let unfinished = item.isComplete ? "" : "; its certificate is filled in when it runs"
        let unverified = item.skipsVerification ? "; its certificate is not verified" : ""
        return
          "\(item.kind.rawValue) \(item.name)\(item.service.map { " at \($0)" } ?? "")\(scope): \(down)\(wait)\(certificate)\(unverified)\(unfinished)"
      })
  }

  private static func resources(_ dossier: ComponentDossier) -> ComponentChapter {
    ComponentChapter(
      id: "custom-resources", title: "Custom resources",
      lines: dossier.customResources.map { "\($0.group): \(Phrase.list($0.kinds, shown: 8))" })
  }

  private static func secrets(_ dossier: ComponentDossier) -> ComponentChapter {
    var lines = dossier.secrets.map { "its pods are given \($0.text)" }
    let readers = dossier.access.exposures.filter { $0.exposure.risk.outcome == .secrets }
    lines += readers.map { item in
      "\(item.account.text) \(item.exposure.risk.deed) \(place(item.exposure))"
    }
    return ComponentChapter(id: "secrets", title: "Secrets", lines: lines)
  }

  private static func connections(_ dossier: ComponentDossier) -> ComponentChapter {
    ComponentChapter(
      id: "connections", title: "Where it talks to",
      lines: dossier.egress.map { item in
        switch (item.isIsolated, item.reachesOutside) {
        case (false, true): "\(item.workload.text) may connect to anything"
        case (true, true): "\(item.workload.text) is held to what policies allow, addresses outside among it"
        case (_, false): "\(item.workload.text) is held to what policies allow, nothing outside the cluster"
        }
      })
  }

  private static func tokens(_ dossier: ComponentDossier) -> ComponentChapter {
    ComponentChapter(
      id: "tokens", title: "Tokens",
      lines: dossier.tokens.map { item in
        guard item.isMounted else { return "\(item.workload.text) carries no token" }
        return
          "\(item.workload.text) carries the token of \(item.account.text)\(item.hasRights ? "" : ", which has no rights")"
      } + dossier.tokenSecrets.map { "\($0.text) holds a token without an end" })
  }

  private static func worth(_ dossier: ComponentDossier, isWhole: Bool) -> ComponentChapter {
    guard let worth = dossier.worth else { return ComponentChapter(id: "worth", title: "", lines: []) }
    var lines = worth.falls.map { fall in
      let depth = DepthText.text(fall.answer, isWhole: isWhole)
      return "\(fall.target): depth \(depth)\(fall.path.map { ", \(DepthText.line($0))" } ?? "")"
    }
    for (name, count) in [
      ("other workload", worth.workloads), ("service account", worth.accounts), ("Secret", worth.secrets),
    ] where count.all > 0 {
      lines.append("\(count.taken) of \(Phrase.count(count.all, name)) without another control in the way")
    }
    return ComponentChapter(id: "worth", title: "What falls when one of its pods is taken", lines: lines)
  }
}
