package io.telemetryrouter.spring.contracts;

import java.util.List;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * Tests for {@link SchemaComparison}. JSON is written with single quotes for readability.
 */
class SchemaComparisonTests {

	private static JsonNode schema(String text) {
		return JsonMapper.shared().readTree(text.replace('\'', '"'));
	}

	private static List<String> changes(String before, String now) {
		return new SchemaComparison(schema(before), schema(now)).changes();
	}

	/** Each line has the old and the new schema of a property. */
	@ParameterizedTest
	@CsvSource(delimiter = '|', quoteCharacter = '`',
			textBlock = """
					# Types
					{'type':'integer'}                     | {'type':'number'}                      |
					{'type':'number'}                      | {'type':'integer'}                     | is integer, was number
					{'type':'string'}                      | {}                                     |
					{}                                     | {'type':'string'}                      | is string, was anything
					{'type':'string'}                      | {'type':['string','integer']}          |
					{'type':['string','integer']}          | {'type':'string'}                      | is string, was string or integer
					{'type':'boolean'}                     | {'type':'string'}                      | is string, was boolean
					# Null
					{'type':'string'}                      | {'type':['string','null']}             |
					{'type':['string','null']}             | {'type':'string'}                      | may no longer be null
					{'anyOf':[{'type':'null'},{'type':'string'}]} | {'type':['string','null']}      |
					{'anyOf':[{'type':'null'},{'type':'string'}]} | {'type':'string'}               | may no longer be null
					{'anyOf':[{'type':'null'},{'type':'string'},{'type':'integer'}]} | {'anyOf':[{'type':'string'},{'type':'integer'}]} | may no longer be null
					{'anyOf':[{'type':'string'},{'type':'integer'}]} | {'oneOf':[{'type':'null'},{'type':'string'},{'type':'integer'}]} |
					# Constants
					{'enum':['a']}                         | {'enum':['a','b']}                     |
					{'enum':['a','b']}                     | {'enum':['b']}                         | has lost the constant 'a'
					{'const':'a'}                          | {'const':'b'}                          | has lost the constant 'a'
					{'const':'a'}                          | {'enum':['b','a']}                     |
					{'type':'string'}                      | {'type':'string','enum':['a']}         | is string of constants, was string
					{'type':'string','enum':['a']}         | {'type':'string'}                      |
					# Lists and maps
					{'type':'array','items':{'type':'integer'}} | {'type':'array','items':{'type':'number'}} |
					{'type':'array','items':{'type':'number'}} | {'type':'array','items':{'type':'integer'}} | [] is integer, was number
					{'type':'array','items':{'type':'number'}} | {'type':'array'}                    |
					{'type':'array'}                       | {'type':'array','items':{'type':'number'}} | [] is number, was anything
					{'type':'array','items':{'type':'array','items':{'enum':['a','b']}}} | {'type':'array','items':{'type':'array','items':{'enum':['a']}}} | [][] has lost the constant 'b'
					{'type':'object','additionalProperties':{'type':'number'}} | {'type':'object','additionalProperties':{'type':'string'}} | {} is string, was number
					# Alternatives
					{'anyOf':[{'type':'string'},{'type':'integer'}]} | {'anyOf':[{'type':'number'},{'type':'string'}]} |
					{'anyOf':[{'type':'string'},{'type':'integer'}]} | {'type':['string','integer']} |
					{'anyOf':[{'type':'string'},{'type':'integer'}]} | {}                           |
					{'oneOf':[{'type':'string'},{'type':'integer'}]} | {'type':'string'}            | has lost the alternative 'integer'
					{'type':'string'}                      | {'anyOf':[{'type':'string'},{'type':'integer'}]} |
					{'type':'boolean'}                     | {'anyOf':[{'type':'string'},{'type':'integer'}]} | is one of several types, was boolean
					# Bounds
					{'type':'integer','minimum':1}         | {'type':'integer','minimum':0}         |
					{'type':'integer','minimum':0}         | {'type':'integer','minimum':1}         | is bounded more tightly: minimum is 1, was 0
					{'type':'integer'}                     | {'type':'integer','maximum':9}         | is bounded more tightly: maximum is 9, was not set
					{'type':'integer','maximum':9}         | {'type':'integer'}                     |
					{'type':'integer','maximum':9}         | {'type':'integer','maximum':8}         | is bounded more tightly: maximum is 8, was 9
					{'type':'integer','exclusiveMinimum':0} | {'type':'integer','minimum':1}        |
					{'type':'integer','minimum':1}         | {'type':'integer','exclusiveMinimum':0} |
					{'type':'integer','minimum':0}         | {'type':'integer','exclusiveMinimum':0} | is bounded more tightly: exclusiveMinimum is 0, was 0 minimum
					{'type':'number','minimum':1}          | {'type':'number','exclusiveMinimum':0} |
					{'type':'number','minimum':0}          | {'type':'number','exclusiveMinimum':0} | is bounded more tightly: exclusiveMinimum is 0, was 0 minimum
					{'type':'number','exclusiveMaximum':9} | {'type':'number','maximum':9}          |
					{'type':'string','maxLength':9}        | {'type':'string','maxLength':8}        | is bounded more tightly: maxLength is 8, was 9
					{'type':'string','maxLength':8}        | {'type':'string','maxLength':9}        |
					{'type':'string'}                      | {'type':'string','minLength':1}        | is bounded more tightly: minLength is 1, was not set
					{'type':'array','minItems':1}          | {'type':'array','minItems':2}          | is bounded more tightly: minItems is 2, was 1
					{'type':'array'}                       | {'type':'array','uniqueItems':true}    | is bounded more tightly: uniqueItems is true, was not set
					{'type':'string','pattern':'a'}        | {'type':'string','pattern':'b'}        | is bounded more tightly: pattern is b, was a
					{'type':'string','pattern':'a'}        | {'type':'string'}                      |
					# Formats
					{'type':'integer','format':'int32'}    | {'type':'integer','format':'int64'}    |
					{'type':'integer','format':'int64'}    | {'type':'integer','format':'int32'}    | is integer (int32), was integer (int64)
					{'type':'string','format':'date-time'} | {'type':'string'}                      |
					# Nested
					{'type':'object','properties':{'a':{'type':'string'}}} | {'type':'object','properties':{}} | .a is gone
					{'type':'object','properties':{}}      | {'type':'object','properties':{'a':{}}} |
					{'type':'object','properties':{}}      | {'type':'object','properties':{'a':{}},'required':['a']} | .a was added as required; make it @Nullable
					{'type':'object','properties':{'a':{}}} | {'type':'object','properties':{'a':{}},'required':['a']} | .a has become required
					{'type':'object','properties':{'a':{}},'required':['a']} | {'type':'object','properties':{'a':{}}} |
					""")
	void whenAPropertyChangesThenOnlyWhatBreaksReadersIsFound(String before, String now, String change) {
		String object = "{'type':'object','properties':{'p':%s}}";
		if (change == null) {
			assertThat(changes(object.formatted(before), object.formatted(now))).isEmpty();
			return;
		}
		boolean inner = change.startsWith(".") || change.startsWith("[") || change.startsWith("{}");
		int space = inner ? change.indexOf(' ') : 0;
		assertThat(changes(object.formatted(before), object.formatted(now)))
			.containsExactly("'p" + change.substring(0, space) + "' " + change.substring(inner ? space + 1 : 0));
	}

	private static final String SHAPES = """
			{'anyOf':[{'$ref':'#/$defs/Circle'},{'$ref':'#/$defs/Square'}],'$defs':{
			  'Circle':{'type':'object','properties':{'kind':{'const':'circle'},'radius':{'type':'number'}}},
			  'Square':{'type':'object','properties':{'kind':{'const':'square'},'side':{'type':'integer'}}}}}""";

	@Test
	void whenAnAlternativeChangesThenItIsNamed() {
		assertThat(changes(SHAPES, SHAPES)).isEmpty();
		assertThat(changes(SHAPES, SHAPES.replace("'type':'integer'", "'type':'number'"))).isEmpty();
		assertThat(changes(SHAPES, SHAPES.replace("radius", "diameter")))
			.containsExactly("'<circle>.radius' is gone; was it renamed to 'diameter'?");
		assertThat(changes(SHAPES, SHAPES.replace("'number'", "'integer'")))
			.containsExactly("'<circle>.radius' is integer, was number");
		assertThat(changes(SHAPES, SHAPES.replace(",{'$ref':'#/$defs/Square'}", "")))
			.containsExactly("the payload has lost the alternative 'square'");
		assertThat(changes(SHAPES, SHAPES.replace("'square'", "'box'")))
			.containsExactly("the payload has lost the alternative 'square'");
		assertThat(changes(SHAPES.replace(",{'$ref':'#/$defs/Square'}", ""), SHAPES)).isEmpty();
	}

	@Test
	void whenPartsArePutTogetherThenTheyAreComparedAsOne() {
		String merged = """
				{'$ref':'#/$defs/Base','properties':{'kind':{'const':'a'}},'required':['kind'],
				 'allOf':[{'properties':{'more':{'type':'string'}}}],
				 '$defs':{'Base':{'type':'object','properties':{'size':{'type':'number'}},'required':['size']}}}""";
		String inline = """
				{'type':'object','properties':{'kind':{'const':'a'},'more':{'type':'string'},'size':{'type':'number'}},
				 'required':['kind','size']}""";
		assertThat(changes(merged, inline)).isEmpty();
		assertThat(changes(inline, merged)).isEmpty();
		assertThat(changes(merged, inline.replace("number", "integer")))
			.containsExactly("'size' is integer, was number");
		assertThat(changes(merged, inline.replace("'more'", "'less'"))).singleElement()
			.asString()
			.startsWith("'more' is gone");
	}

	@Test
	void whenTypesContainThemselvesThenTheComparisonEnds() {
		String tree = """
				{'$ref':'#/$defs/Node','$defs':{
				  'Node':{'anyOf':[{'$ref':'#/$defs/Leaf'},{'$ref':'#/$defs/Branch'}]},
				  'Leaf':{'type':'object','properties':{'kind':{'const':'leaf'},'value':{'type':'integer'}}},
				  'Branch':{'type':'object','properties':{'kind':{'const':'branch'},
				    'parts':{'type':'array','items':{'$ref':'#/$defs/Node'}}}}}}""";
		assertThat(changes(tree, tree)).isEmpty();
		assertThat(changes(tree, tree.replace("'value'", "'val'"))).singleElement()
			.asString()
			.startsWith("'<leaf>.value' is gone");
		assertThat(changes(tree, tree.replace("'array','items':{'$ref':'#/$defs/Node'}", "'string'")))
			.containsExactly("'<branch>.parts' is string, was array");
	}

}
