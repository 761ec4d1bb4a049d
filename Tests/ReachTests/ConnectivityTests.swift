import Reach
import TestKit
import Testing

@Suite struct ConnectivityTests {
  /// What is outside the cluster is known by what it is, not by the first letters of a name.
  @Test func aNamespaceWhoseNameBeginsLikeAnAddressIsInside() {
    let yaml = ["ipam", "shop"].map {
      "apiVersion: v1\nkind: Pod\nmetadata: {name: p, namespace: \($0)}\nspec: {containers: [{name: c}]}\n---\n"
    }.joined()
    let model = ReachModel(Fixtures.snapshot(yaml))
    let all = Connectivity(model, granularity: .pods)
    let inside = all.connections.filter { $0.external == nil }
    #expect(inside.map { "\($0.source) \($0.destination)" } == ["ipam/p shop/p", "shop/p ipam/p"])
    for connection in all.connections where connection.external != nil {
      let outside = connection.external == .source ? connection.source : connection.destination
      #expect(outside.hasPrefix("ip:") || outside.hasPrefix("ip6:"))
    }
    let outside = Connectivity(model, granularity: .pods, onlyExternal: true)
    #expect(!outside.connections.isEmpty)
    #expect(outside.connections.count == all.connections.count - inside.count)
  }
}
