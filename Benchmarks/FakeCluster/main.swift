await FakeClusterServer.run()
