import Bytes

/// Source: Harbor API 2.0, `/systeminfo`, `/projects`, `/projects/{name}/repositories`.
enum Harbor: RegistryProduct {
  static let name = "Harbor"

  static func look(_ asker: AnonymousAsker) async -> PublicListing? {
    guard let system = await asker.document("/api/v2.0/systeminfo"), system["auth_mode"] != nil else { return nil }
    var listing = PublicListing()
    listing.letsAnybodySignUp = system["self_registration"]?.bool
    let projects = await pages(asker, "/api/v2.0/projects?public=true&page_size=100", &listing)
    for project in projects.prefix(RegistryProducts.pageLimit) {
      guard let name = project["name"]?.string else { continue }
      let path = "/api/v2.0/projects/\(PercentEncoding.encode(name))/repositories?page_size=100"
      // Names come with that of their project.
      listing.repositories += await pages(asker, path, &listing).compactMap { $0["name"]?.string }
    }
    if projects.count > RegistryProducts.pageLimit { listing.isWhole = false }
    return listing
  }

  private static func pages(
    _ asker: AnonymousAsker, _ path: String, _ listing: inout PublicListing
  ) async -> [DocumentNode] {
    var items: [DocumentNode] = []
    for page in 1...RegistryProducts.pageLimit {
      guard let document = await asker.document("\(path)&page=\(page)"), let found = document.array else {
        listing.isWhole = listing.isWhole && page > 1
        return items
      }
      items += found
      if found.count < 100 { return items }
    }
    listing.isWhole = false
    return items
  }
}
