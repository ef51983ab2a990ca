package io.telemetryrouter.sample.agent;

import java.util.ArrayList;
import java.util.Collections;
import java.util.List;

/**
 * The messages of a run so far. Not thread-safe: a run has one thread.
 *
 * @since 0.1.0
 */
public final class Conversation {

	private final List<Message> messages = new ArrayList<>();

	private long characters;

	/**
	 * Adds a message.
	 * @param message the message
	 */
	public void add(Message message) {
		this.messages.add(message);
		this.characters += message.characters();
	}

	/**
	 * Returns the messages, oldest first.
	 * @return an unmodifiable view
	 */
	public List<Message> messages() {
		return Collections.unmodifiableList(this.messages);
	}

	/**
	 * Returns the length of all text so far.
	 * @return the number of characters
	 */
	public long characters() {
		return this.characters;
	}

}
