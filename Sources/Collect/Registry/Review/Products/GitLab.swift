import Bytes
import Transport

/// The registry of GitLab, whose tokens and whose interface are another host's.
///
/// Source: GitLab, "Container registry API", "Projects API"; tokens come from `/jwt/auth`.
enum GitLab: RegistryProduct {
  static let name = "GitLab"

  static func look(_ asker: AnonymousAsker) async -> PublicListing? {
    guard asker.realm?.target.hasPrefix("/jwt/auth") == true else { return nil }
    var listing = PublicListing()
    let path = "/api/v4/projects?visibility=public&simple=true&order_by=id&per_page=100"
    guard let projects = await asker.realmDocument(path)?.array else { return nil }
    for project in projects.prefix(RegistryProducts.pageLimit) {
      guard let id = project["id"]?.int else { continue }
      let own = await asker.realmDocument("/api/v4/projects/\(id)/registry/repositories?per_page=100")?.array
      // A project may have no registry.
      listing.repositories += (own ?? []).compactMap { $0["path"]?.string }
    }
    listing.isWhole = projects.count <= RegistryProducts.pageLimit
    return listing
  }
}
