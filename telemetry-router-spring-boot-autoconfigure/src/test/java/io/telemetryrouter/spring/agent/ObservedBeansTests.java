package io.telemetryrouter.spring.agent;

import java.util.List;

import dev.langchain4j.rag.content.Content;
import dev.langchain4j.rag.content.retriever.ContentRetriever;
import dev.langchain4j.rag.query.Query;
import org.junit.jupiter.api.Test;

import org.springframework.ai.model.tool.autoconfigure.ToolCallingAutoConfiguration;
import org.springframework.ai.tool.execution.DefaultToolExecutionExceptionProcessor;
import org.springframework.ai.tool.execution.ToolExecutionException;
import org.springframework.ai.tool.execution.ToolExecutionExceptionProcessor;
import org.springframework.beans.factory.annotation.Autowired;
import org.springframework.boot.autoconfigure.AutoConfigurations;

import io.telemetryrouter.agent.Retrieval;
import io.telemetryrouter.spring.ai.SpringAiFixture;
import io.telemetryrouter.spring.ai.ToolCallHandler;
import io.telemetryrouter.spring.langchain4j.LangChain4jFixture;
import io.telemetryrouter.spring.test.AgentEvents;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;
import static org.mockito.Mockito.mock;

/**
 * Tests for {@link ObservedBeans}.
 */
class ObservedBeansTests {

	@Test
	void whenRetrieverIsPartOfACircleThenApplicationStartsAndItsCallsAreTold() {
		LangChain4jFixture.routerRunner()
			.withAllowCircularReferences(true)
			.withBean(AgentEvents.class)
			.withBean(Reader.class)
			.withBean(Library.class)
			.withBean(Retriever.class)
			.run((context) -> {
				assertThat(context).hasNotFailed();
				assertThat(context.getBean(Library.class).retriever).isSameAs(context.getBean(Retriever.class));
				context.getBean(Retriever.class).retrieve(Query.from("whales"));
				assertThat(context.getBean(AgentEvents.class).payloads(Retrieval.Completed.class)).hasSize(1);
			});
	}

	@Test
	void whenProcessorIsPartOfACircleThenApplicationStarts() {
		SpringAiFixture.routerRunner()
			.withConfiguration(AutoConfigurations.of(ToolCallingAutoConfiguration.class))
			.withAllowCircularReferences(true)
			.withBean(Reporter.class)
			.withBean(Owner.class)
			.withBean(Processor.class)
			.run((context) -> {
				assertThat(context).hasNotFailed();
				assertThat(context.getBean(Owner.class).processor).isSameAs(context.getBean(Processor.class));
			});
	}

	@Test
	void whenApplicationHasSeveralHandlersOfToolsThenErrorsOfToolsAreProcessedAllTheSame() {
		SpringAiFixture.routerRunner()
			.withBean("one", ToolCallHandler.class)
			.withBean("two", ToolCallHandler.class)
			.withBean(DefaultToolExecutionExceptionProcessor.class,
					() -> new DefaultToolExecutionExceptionProcessor(true))
			.run((context) -> {
				ToolExecutionException error = mock(ToolExecutionException.class);
				assertThatExceptionOfType(ToolExecutionException.class)
					.isThrownBy(() -> context.getBean(ToolExecutionExceptionProcessor.class).process(error))
					.isSameAs(error);
			});
	}

	static class Retriever implements ContentRetriever {

		@Autowired
		Library library;

		@Override
		public List<Content> retrieve(Query query) {
			return List.of(Content.from(this.library.name()));
		}

	}

	static class Library {

		@Autowired
		Retriever retriever;

		String name() {
			return "library";
		}

	}

	/** Is created first, and with it the circle, beginning at the retriever. */
	static class Reader {

		@Autowired
		Retriever retriever;

	}

	static class Processor extends DefaultToolExecutionExceptionProcessor {

		@Autowired
		Owner owner;

		Processor() {
			super(false);
		}

	}

	static class Reporter {

		@Autowired
		Processor processor;

	}

	static class Owner {

		@Autowired
		Processor processor;

	}

}
