import Bytes

/// Source: Quay API 1, `/api/v1/repository`.
enum Quay: RegistryProduct {
  static let name = "Quay"

  static func look(_ asker: AnonymousAsker) async -> PublicListing? {
    var listing = PublicListing()
    var path = "/api/v1/repository?public=true"
    for page in 1...RegistryProducts.pageLimit {
      guard let document = await asker.document(path), let found = document["repositories"]?.array else {
        guard page > 1 else { return nil }
        listing.isWhole = false
        return listing
      }
      for item in found {
        guard let namespace = item["namespace"]?.string, let name = item["name"]?.string else { continue }
        listing.repositories.append("\(namespace)/\(name)")
      }
      guard let next = document["next_page"]?.string, !next.isEmpty else { return listing }
      path = "/api/v1/repository?public=true&next_page=\(PercentEncoding.encode(next))"
    }
    listing.isWhole = false
    return listing
  }
}
