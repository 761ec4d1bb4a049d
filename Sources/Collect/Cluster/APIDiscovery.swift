import Bytes
import Kube

/// A resource that a server can list.
package struct APIResource: Sendable, Hashable {
  package let group: String
  package let version: String
  /// Plural, as in URLs: `deployments`.
  package let name: String
  package let kind: String
  package let namespaced: Bool

  var groupKind: GroupKind { GroupKind(group, kind) }

  var path: String { (group.isEmpty ? "/api/" : "/apis/\(group)/") + version + "/" + name }

  func path(in namespace: String) -> String {
    (group.isEmpty ? "/api/" : "/apis/\(group)/") + version + "/namespaces/" + namespace + "/" + name
  }

  /// In kubectl's notation: `deployments.apps`.
  package var text: String { group.isEmpty ? name : "\(name).\(group)" }
}

/// The resources that a server can list, from either form of discovery.
///
/// Source: kubernetes.io, "Kubernetes API Concepts", sections "API discovery" and "Aggregated discovery".
struct APIDiscovery: Sendable {
  private(set) var resources: [APIResource] = []
  /// API groups whose discovery failed, with the reason.
  private(set) var failedGroups: [String: String] = [:]

  private static let aggregated =
    "application/json;g=apidiscovery.k8s.io;v=v2;as=APIGroupDiscoveryList,application/json;g=apidiscovery.k8s.io;v=v2beta1;as=APIGroupDiscoveryList,application/json"

  /// Kinds that change constantly and that no analysis reads, or that are views of other kinds: EndpointSlices hold what
  /// Endpoints do.
  private static let passedOver: Set<String> = [
    "events", "events.events.k8s.io", "componentstatuses", "leases.coordination.k8s.io",
    "controllerrevisions.apps", "endpoints",
  ]

  /// - Throws: when neither form of discovery answers for the core group.
  init(_ client: KubernetesClient) async throws(APIFailure) {
    for root in ["/api", "/apis"] {
      let answer: DocumentNode
      do throws(APIFailure) {
        answer = try await client.get(root, accept: Self.aggregated, isSmall: true)
      } catch {
        if root == "/api" { throw error }
        failedGroups["*"] = error.message
        continue
      }
      switch answer["kind"]?.string {
      case "APIGroupDiscoveryList": addAggregated(answer)
      case "APIVersions":
        for version in answer["versions"]?.strings.prefix(1) ?? [] {
          await addList(client, path: "/api/\(version)", group: "", version: version)
        }
      case "APIGroupList": await addGroups(client, answer)
      default:
        throw APIFailure(
          .other, "\(root) answers with a \(answer["kind"]?.string ?? "document of no kind"); is this an API server?")
      }
    }
    resources = Self.chosen(resources)
  }

  private mutating func addAggregated(_ list: DocumentNode) {
    for item in list["items"]?.elements ?? [] {
      let group = item[path: "metadata", "name"]?.string ?? ""
      var seen = Set<String>()
      for version in item["versions"]?.elements ?? [] {
        guard let name = version["version"]?.string else { continue }
        if version["freshness"]?.string == "Stale" {
          failedGroups[group] = "the server that answers for \(group)/\(name) is not there"
        }
        for resource in version["resources"]?.elements ?? [] {
          guard let plural = resource["resource"]?.string, resource["verbs"]?.strings.contains("list") ?? false,
            let kind = resource[path: "responseKind", "kind"]?.string, seen.insert(plural).inserted
          else { continue }
          resources.append(
            APIResource(
              group: group, version: name, name: plural, kind: kind,
              namespaced: resource["scope"]?.string == "Namespaced"))
        }
      }
    }
  }

  private mutating func addGroups(_ client: KubernetesClient, _ list: DocumentNode) async {
    for item in list["groups"]?.elements ?? [] {
      guard let group = item["name"]?.string else { continue }
      let preferred = item[path: "preferredVersion", "version"]?.string
      let versions = (item["versions"]?.elements ?? []).compactMap { $0["version"]?.string }
      for version in [preferred].compactMap({ $0 }) + versions.filter({ $0 != preferred }) {
        await addList(client, path: "/apis/\(group)/\(version)", group: group, version: version)
      }
    }
  }

  private mutating func addList(_ client: KubernetesClient, path: String, group: String, version: String) async {
    do throws(APIFailure) {
      let list = try await client.get(path, isSmall: true)
      for resource in list["resources"]?.elements ?? [] {
        guard let name = resource["name"]?.string, !name.contains("/"), let kind = resource["kind"]?.string,
          resource["verbs"]?.strings.contains("list") ?? false,
          !resources.contains(where: { $0.group == group && $0.name == name })
        else { continue }
        resources.append(
          APIResource(
            group: group, version: version, name: name, kind: kind, namespaced: resource["namespaced"]?.bool ?? false))
      }
    } catch {
      failedGroups[group] = error.message
    }
  }

  /// Drops the ignored kinds, metrics, and former API groups of kinds that have moved.
  private static func chosen(_ all: [APIResource]) -> [APIResource] {
    let moved = Set(all.filter { $0.group != "extensions" }.map(\.name))
    return all.filter { resource in
      !passedOver.contains(resource.text) && !resource.group.hasSuffix("metrics.k8s.io")
        && !(resource.group == "extensions" && moved.contains(resource.name))
    }.sorted { ($0.group, $0.name) < ($1.group, $1.name) }
  }
}
