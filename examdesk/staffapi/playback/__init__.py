"""What a playback knows, without a screen: the text at any moment, what happened when, where the playhead is."""
