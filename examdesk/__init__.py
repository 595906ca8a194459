"""The staff side without a screen: store, hub, evidence, similarity, exports, command line."""
