import Bytes

/// Sonatype Nexus, where the interface answers at the same host as the registry, behind one proxy.
///
/// Source: Nexus Repository, REST API, `/service/rest/v1/repositories` and `/service/rest/v1/components`.
enum Nexus: RegistryProduct {
  static let name = "Nexus"

  static func look(_ asker: AnonymousAsker) async -> PublicListing? {
    guard let all = await asker.document("/service/rest/v1/repositories")?.array else { return nil }
    let own = all.filter { $0["format"]?.string == "docker" }.compactMap { $0["name"]?.string }
    guard !own.isEmpty else { return nil }
    var listing = PublicListing()
    for repository in own.prefix(RegistryProducts.pageLimit) {
      let path = "/service/rest/v1/components?repository=\(PercentEncoding.encode(repository))"
      guard let document = await asker.document(path) else {
        listing.isWhole = false
        continue
      }
      let names = (document["items"]?.elements ?? []).compactMap { $0["name"]?.string }
      for name in names where !listing.repositories.contains(name) { listing.repositories.append(name) }
      if document["continuationToken"]?.string != nil { listing.isWhole = false }
    }
    if own.count > RegistryProducts.pageLimit { listing.isWhole = false }
    return listing
  }
}
