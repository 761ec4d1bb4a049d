import Bytes

/// Statements in the Common Security Advisory Framework.
///
/// Source: OASIS CSAF 2.0, profile "VEX": a tree of products, and for each vulnerability the products of each status.
enum CSAF {
  /// Deepest nesting of products that is followed.
  private static let maximumDepth = 32

  static func isCSAF(_ document: DocumentNode) -> Bool {
    document[path: "document", "csaf_version"]?.string?.hasPrefix("2.") == true
  }

  static func statements(_ document: DocumentNode, _ file: String) -> [VEX.Statement] {
    let products = products(document["product_tree"])
    let time = document[path: "document", "tracking", "current_release_date"]?.string ?? ""
    var found: [VEX.Statement] = []
    for item in document["vulnerabilities"]?.elements ?? [] {
      let names = Set(
        [item["cve"]?.string].compactMap { $0 } + (item["ids"]?.elements ?? []).compactMap { $0["text"]?.string })
      guard !names.isEmpty, let status = item["product_status"] else { continue }
      var reasons: [String: String] = [:]
      for flag in item["flags"]?.elements ?? [] {
        for id in flag["product_ids"]?.strings ?? [] { reasons[id] = flag["label"]?.string }
      }
      func ids(_ keys: String...) -> [String] { keys.flatMap { status[$0]?.strings ?? [] } }
      let affected = ids("known_affected", "first_affected", "last_affected")
      // One component on several platforms: where it is affected on one, or was until it was fixed, the same name says
      // nothing of it elsewhere.
      let others = (affected + ids("under_investigation", "fixed", "first_fixed")).flatMap { products[$0] ?? [] }
      let (open, openNames) = (Set(others.map(bare)), Set(others.map(name)))
      let impact = (item["threats"]?.elements ?? []).first { $0["category"]?.string == "impact" }?["details"]?.string
      func add(_ list: [String], _ word: String, _ isMeant: (PackageURL) -> Bool) {
        for id in list {
          let own = (products[id] ?? []).filter(isMeant)
          guard !own.isEmpty else { continue }
          found.append(
            VEX.Statement(
              vulnerabilities: names, status: word,
              justification: reasons[id] ?? (word == "not_affected" ? impact : nil) ?? "", products: own, time: time,
              file: file))
        }
      }
      add(ids("known_not_affected"), "not_affected") { purl in
        purl.version == nil ? !openNames.contains(name(purl)) : !open.contains(bare(purl))
      }
      // What is fixed is a version; without one the statement would hold for those before it, too.
      add(ids("fixed", "first_fixed"), "fixed") { $0.version != nil }
      add(affected, "affected") { _ in true }
      add(ids("under_investigation"), "under_investigation") { _ in true }
    }
    return found
  }

  private static func name(_ purl: PackageURL) -> String { "\(purl.type)/\(purl.namespace ?? "")/\(purl.name)" }

  private static func bare(_ purl: PackageURL) -> String { "\(name(purl))@\(purl.version ?? "")" }

  /// Package URLs by the names of products; of a part of a platform those of the part.
  private static func products(_ tree: DocumentNode?) -> [String: [PackageURL]] {
    var found: [String: [PackageURL]] = [:]
    func add(_ product: DocumentNode?) {
      guard let id = product?["product_id"]?.string else { return }
      if let text = product?[path: "product_identification_helper", "purl"]?.string, let purl = try? PackageURL(text) {
        found[id, default: []].append(purl)
      }
    }
    func walk(_ branches: DocumentNode?, _ depth: Int) {
      guard depth < maximumDepth else { return }
      for branch in branches?.elements ?? [] {
        add(branch["product"])
        walk(branch["branches"], depth + 1)
      }
    }
    walk(tree?["branches"], 0)
    for product in tree?["full_product_names"]?.elements ?? [] { add(product) }
    for relation in tree?["relationships"]?.elements ?? [] {
      let product = relation["full_product_name"]
      add(product)
      if let id = product?["product_id"]?.string, found[id] == nil,
        let part = relation["product_reference"]?.string, let own = found[part]
      {
        found[id] = own
      }
    }
    return found
  }
}
