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
    let inside = all.connections.filter { !$0.source.isExternal && !$0.destination.isExternal }
    #expect(inside.map { "\($0.source.text) \($0.destination.text)" } == ["ipam/p shop/p", "shop/p ipam/p"])
    for connection in all.connections where connection.source.isExternal || connection.destination.isExternal {
      let outside = connection.source.isExternal ? connection.source : connection.destination
      #expect(outside.text.hasPrefix("ip:") || outside.text.hasPrefix("ip6:"))
    }
    let outside = Connectivity(model, granularity: .pods, onlyExternal: true)
    #expect(!outside.connections.isEmpty)
    #expect(outside.connections.count == all.connections.count - inside.count)
  }
}
