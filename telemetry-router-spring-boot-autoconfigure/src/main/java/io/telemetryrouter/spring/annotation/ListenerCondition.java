package io.telemetryrouter.spring.annotation;

import java.lang.reflect.Method;
import java.util.Arrays;
import java.util.Set;
import java.util.function.Predicate;
import java.util.stream.Collectors;

import org.springframework.beans.factory.BeanFactory;
import org.springframework.context.expression.BeanFactoryResolver;
import org.springframework.expression.spel.support.MapAccessor;
import org.springframework.expression.EvaluationContext;
import org.springframework.expression.Expression;
import org.springframework.expression.ParseException;
import org.springframework.expression.spel.SpelNode;
import org.springframework.expression.spel.ast.CompoundExpression;
import org.springframework.expression.spel.ast.FunctionReference;
import org.springframework.expression.spel.ast.Indexer;
import org.springframework.expression.spel.ast.InlineMap;
import org.springframework.expression.spel.ast.MethodReference;
import org.springframework.expression.spel.ast.Projection;
import org.springframework.expression.spel.ast.PropertyOrFieldReference;
import org.springframework.expression.spel.ast.Selection;
import org.springframework.expression.spel.ast.VariableReference;
import org.springframework.expression.spel.standard.SpelExpression;
import org.springframework.expression.spel.standard.SpelExpressionParser;
import org.springframework.expression.spel.support.StandardEvaluationContext;

import io.telemetryrouter.TelemetryEvent;

/**
 * A condition in SpEL. Its root object is the event, {@code @name} refers to a bean, and
 * entries of a map can be read like properties. Absent values read as {@code null}, which
 * is less than any value. The router counts exceptions of the evaluation apart from
 * failures of the handler.
 */
final class ListenerCondition implements Predicate<TelemetryEvent<?>> {

	private static final SpelExpressionParser PARSER = new SpelExpressionParser();

	/** The event, and the element of a collection that is looked at. */
	private static final Set<String> BUILT_IN = Set.of("#root", "#this");

	private static final Set<String> OF_EVENT = Arrays.stream(TelemetryEvent.class.getMethods())
		.map(Method::getName)
		.collect(Collectors.toUnmodifiableSet());

	private final Expression expression;

	private final EvaluationContext context;

	private ListenerCondition(Expression expression, EvaluationContext context) {
		this.expression = expression;
		this.context = context;
	}

	/**
	 * Parses a condition.
	 * @throws ParseException if it is malformed, or reads a variable: there are none, and
	 * SpEL would read it as {@code null}; or if it reads what no event has, so that it
	 * would fail on every event
	 */
	static ListenerCondition parse(String text, EvaluationContext context) {
		SpelExpression expression = PARSER.parseRaw(text);
		requireNoVariable(expression.getAST(), text);
		requireOfEvent(expression.getAST(), text);
		return new ListenerCondition(expression, context);
	}

	private static void requireNoVariable(SpelNode node, String text) {
		String name = node.toStringAST();
		if (node instanceof FunctionReference || (node instanceof VariableReference && !BUILT_IN.contains(name))) {
			throw new ParseException(text, node.getStartPosition(), "there is no variable '" + name + "'");
		}
		for (int i = 0; i < node.getChildCount(); i++) {
			requireNoVariable(node.getChild(i), text);
		}
	}

	/** Looks at what is read from the event, not from an element or a value of it. */
	private static void requireOfEvent(SpelNode node, String text) {
		if (node instanceof Selection || node instanceof Projection || node instanceof Indexer
				|| node instanceof InlineMap) {
			return;
		}
		String name = (node instanceof PropertyOrFieldReference property) ? property.getName()
				: (node instanceof MethodReference method) ? method.getName() : null;
		if (name != null && !OF_EVENT.contains(name)) {
			throw new ParseException(text, node.getStartPosition(), "an event has no '" + name + "'");
		}
		for (int i = 0; i < node.getChildCount(); i++) {
			SpelNode child = node.getChild(i);
			boolean first = i == 0 || (i == 1 && node.getChild(0) instanceof VariableReference);
			if (first || !(node instanceof CompoundExpression)) {
				requireOfEvent(child, text);
			}
			else if (child instanceof MethodReference) {
				for (int j = 0; j < child.getChildCount(); j++) {
					requireOfEvent(child.getChild(j), text);
				}
			}
		}
	}

	/**
	 * Returns a context for any number of conditions. It is not modified by evaluations,
	 * so it may be shared by threads.
	 */
	static EvaluationContext context(BeanFactory beanFactory) {
		StandardEvaluationContext context = new StandardEvaluationContext();
		context.setBeanResolver(new BeanFactoryResolver(beanFactory));
		context.addPropertyAccessor(new MapAccessor(false));
		context.addPropertyAccessor(new AbsentAsNull());
		return context;
	}

	@Override
	public String toString() {
		return this.expression.getExpressionString();
	}

	@Override
	public boolean test(TelemetryEvent<?> event) {
		return Boolean.TRUE.equals(this.expression.getValue(this.context, event, Boolean.class));
	}

}
