import Bytes
package import Findings
package import Kube

/// The edits of a control as a fix, with what may break by them.
package enum PodSecurityFix {
  package static func fix(
    for control: PodSecurityControl, _ violation: PodSecurityViolation, _ template: PodTemplate, evidence: [Evidence]
  ) -> Fix? {
    // A control whose twin reports a part of it offers the edits for the rest.
    let edits = violation.edits.filter { edit in
      evidence.count == violation.evidence.count
        || evidence.contains { $0.path.hasPrefix(edit.pathText) || edit.pathText.hasPrefix($0.path) }
    }
    // Keys of annotations hold dots, which a path in text does not tell from levels.
    guard !edits.isEmpty, !edits.contains(where: { $0.path.contains(.key("annotations")) }) else { return nil }
    return Fix(edits, caution: caution(control, edits, template))
  }

  private static func caution(
    _ control: PodSecurityControl, _ edits: [Edit], _ template: PodTemplate
  ) -> String? {
    func container(_ edit: Edit) -> Container? {
      template.containers.first { edit.pathText.hasPrefix($0.path + ".") }
    }
    switch control.id {
    case "seccompProfile_restricted": return nil
    case "allowPrivilegeEscalation":
      let refused = edits.contains { edit in
        guard let context = container(edit)?.securityContext else { return false }
        let added = context["capabilities"]?["add"]?.strings ?? []
        return context["privileged"]?.bool == true || added.contains { $0 == "SYS_ADMIN" || $0 == "CAP_SYS_ADMIN" }
      }
      return refused ? "the API server refuses it beside `privileged: true` or SYS_ADMIN" : nil
    case "runAsNonRoot":
      return template.containers.allSatisfy { runsAsUser($0, template) }
        ? nil : "an image that starts as root will not start any more; give it a user first"
    case "capabilities_restricted":
      guard edits.allSatisfy({ $0.change != .remove }) else { return "the capabilities were added on purpose" }
      let risky = edits.compactMap(container).filter { !runsAsUser($0, template) && !runsAsNonRoot($0, template) }
      if let known = risky.lazy.compactMap({ KnownImages.needs($0.image ?? "") }).first {
        return
          "the image \(known.image) is known to need \(known.capabilities.joined(separator: ", ")) while it starts as root"
      }
      return risky.isEmpty ? nil : "a program that runs as root may use some of them"
    default: return "it was set on purpose; the program may need it"
    }
  }

  private static func runsAsUser(_ container: Container, _ template: PodTemplate) -> Bool {
    let user = container.securityContext?["runAsUser"]?.int ?? template.securityContext?["runAsUser"]?.int
    return user.map { $0 > 0 } ?? false
  }

  private static func runsAsNonRoot(_ container: Container, _ template: PodTemplate) -> Bool {
    container.securityContext?["runAsNonRoot"]?.bool ?? template.securityContext?["runAsNonRoot"]?.bool ?? false
  }
}

/// Well-known images whose entry point starts as root and uses capabilities before it gives root up.
///
/// Source: the `docker-entrypoint` scripts of the Docker Official Images, which chown their data and change the user.
enum KnownImages {
  private static let starters: Set<String> = [
    "nginx", "httpd", "postgres", "mysql", "mariadb", "redis", "valkey", "mongo", "rabbitmq", "memcached", "cassandra",
    "influxdb", "elasticsearch", "solr", "ghost", "wordpress", "nextcloud", "vault", "consul", "traefik", "haproxy",
    "docker", "registry", "zookeeper", "couchdb", "percona", "kibana", "logstash",
  ]

  static func needs(_ image: String) -> (image: String, capabilities: [String])? {
    // A manifest may name no image, or only a digest.
    let path = image.prefix { $0 != "@" }
    let name = path.split(separator: "/").last?.split(separator: ":").first.map(String.init) ?? ""
    return starters.contains(name) ? (name, ["CHOWN", "SETGID", "SETUID"]) : nil
  }
}
