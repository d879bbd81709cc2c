#include "infer/onnx.h"
#include "infer/wire.h"

#include <math.h>
#include <string.h>

/* Field numbers of onnx.proto. */
enum {
    MODEL_GRAPH = 7,
    MODEL_OPSET = 8,
    MODEL_FUNCTIONS = 25,
    OPSET_DOMAIN = 1,
    OPSET_VERSION = 2,
    GRAPH_NODE = 1,
    GRAPH_INITIALIZER = 5,
    GRAPH_INPUT = 11,
    GRAPH_OUTPUT = 12,
    GRAPH_SPARSE = 15,
    NODE_INPUT = 1,
    NODE_OUTPUT = 2,
    NODE_NAME = 3,
    NODE_OP = 4,
    NODE_ATTRIBUTE = 5,
    NODE_DOMAIN = 7,
    ATTR_NAME = 1,
    ATTR_F = 2,
    ATTR_I = 3,
    ATTR_S = 4,
    ATTR_T = 5,
    ATTR_G = 6,
    ATTR_FLOATS = 7,
    ATTR_INTS = 8,
    ATTR_TENSORS = 10,
    ATTR_GRAPHS = 11,
    ATTR_SPARSE = 22,
    ATTR_SPARSES = 23,
    TENSOR_DIMS = 1,
    TENSOR_TYPE = 2,
    TENSOR_FLOATS = 4,
    TENSOR_INT32S = 5,
    TENSOR_INT64S = 7,
    TENSOR_NAME = 8,
    TENSOR_RAW = 9,
    TENSOR_DOUBLES = 10,
    TENSOR_EXTERNAL = 13,
    TENSOR_LOCATION = 14,
    INFO_NAME = 1,
    INFO_TYPE = 2,
    TYPE_TENSOR = 1,
    TENSOR_TYPE_ELEM = 1,
    TENSOR_TYPE_SHAPE = 2,
    SHAPE_DIM = 1,
    DIM_VALUE = 1,
};
enum { T_FLOAT = 1, T_INT32 = 6, T_INT64 = 7, T_FLOAT16 = 10, T_DOUBLE = 11 };
bool aw_nn_text_is(struct aw_nn_text t, const char *s) {
    return t.len == strlen(s) && (t.len == 0 || memcmp(t.at, s, t.len) == 0);
}

static bool same(struct aw_nn_text a, struct aw_nn_text b) {
    return a.len == b.len && (a.len == 0 || memcmp(a.at, b.at, a.len) == 0);
}

static const char EXTERNAL[] = "its weights are in a second file (external data)";

static float float_of(uint32_t bits) {
    float v;
    memcpy(&v, &bits, sizeof v);
    return v;
}

static double double_of(uint64_t bits) {
    double v;
    memcpy(&v, &bits, sizeof v);
    return v;
}

/* IEEE 754 binary16. */
static float half_of(uint16_t h) {
    int exponent = h >> 10 & 31;
    float mantissa = (float)(h & 1023), sign = h >> 15 ? -1.0f : 1.0f;
    if (exponent == 31) return mantissa > 0 ? NAN : sign * INFINITY;
    if (exponent == 0) return sign * ldexpf(mantissa, -24);
    return sign * ldexpf(mantissa + 1024, exponent - 25);
}

struct parser {
    struct aw_nn_graph *g;
    struct aw_arena *arena;
    struct aw_nn_why *why;
    int64_t batch;
};

static int fail(struct parser *p, int err, const char *what, struct aw_nn_text about) {
    *p->why = (struct aw_nn_why){what, about, -1};
    return err;
}

static int cut(struct parser *p) {
    return fail(p, AW_ERR_TRUNCATED, "the file is cut off or damaged", (struct aw_nn_text){0});
}

static int find_value(const struct aw_nn_graph *g, struct aw_nn_text name) {
    for (int i = g->n_values - 1; i >= 0; i--)
        if (same(g->value[i].name, name)) return i;
    return -1;
}

static int add_value(struct parser *p, struct aw_nn_text name, int *index) {
    struct aw_nn_graph *g = p->g;
    if (name.len == 0) return fail(p, AW_ERR_INVAL, "a value without a name", name);
    if (find_value(g, name) >= 0) return fail(p, AW_ERR_INVAL, "defined twice", name);
    if (g->n_values == AW_NN_VALUES) return fail(p, AW_ERR_TOO_MANY, "more than 2048 values", name);
    *index = g->n_values++;
    g->value[*index] = (struct aw_nn_tensor){.name = name};
    return AW_OK;
}

static int count(struct parser *p, struct aw_nn_tensor *t) {
    t->n = 1;
    for (int i = 0; i < t->rank; i++) {
        if (t->dim[i] < 0 || t->dim[i] > AW_NN_ELEMENTS)
            return fail(p, AW_ERR_RANGE, "a dimension outside 0..67108864", t->name);
        t->n *= (size_t)t->dim[i]; /* both factors below 2^27 */
        if (t->n > AW_NN_ELEMENTS)
            return fail(p, AW_ERR_TOO_MANY, "more than 67108864 elements", t->name);
    }
    return AW_OK;
}

static int add_dim(struct parser *p, struct aw_nn_tensor *t, int64_t dim) {
    if (t->rank == AW_NN_RANK) return fail(p, AW_ERR_TOO_MANY, "more than 6 dimensions", t->name);
    t->dim[t->rank++] = dim;
    return AW_OK;
}

/* Elements of a repeated field, packed or one by one; store(NULL) only counts. */
struct elements {
    unsigned number;
    enum { AS_FLOAT, AS_DOUBLE, AS_VARINT } as;
};

static double element(struct aw_wire *w, int as, int64_t *whole) {
    *whole = 0;
    if (as == AS_FLOAT) return (double)float_of((uint32_t)aw_wire_fixed(w, 4));
    if (as == AS_DOUBLE) return double_of(aw_wire_fixed(w, 8));
    *whole = (int64_t)aw_wire_varint(w);
    return (double)*whole;
}

static bool put(float *f, int64_t *i, size_t n, size_t *at, double v, int64_t whole) {
    if (*at >= n) return false;
    if (f) f[*at] = (float)v;
    if (i) i[*at] = whole;
    ++*at;
    return true;
}

/* Typed data fields of a TensorProto into f or i. Returns how many, n + 1 for too many. */
static size_t typed(struct aw_nn_text tensor, struct elements e, int type, float *f, int64_t *i,
                    size_t n) {
    struct aw_wire w = aw_wire_of(tensor);
    struct aw_wire_field field;
    size_t at = 0;
    int64_t whole;
    while (aw_wire_next(&w, &field)) {
        if (field.number != e.number) continue;
        struct aw_wire values = aw_wire_of(field.bytes);
        if (field.type != AW_WIRE_BYTES) { /* one value, as bits */
            double v = e.as == AS_FLOAT    ? (double)float_of((uint32_t)field.varint)
                       : e.as == AS_DOUBLE ? double_of(field.varint)
                                           : (double)(int64_t)field.varint;
            if (!put(f, i, n, &at, v, (int64_t)field.varint)) return n + 1;
            continue;
        }
        while (values.at != values.end && !values.bad) {
            double v = element(&values, e.as, &whole);
            if (type == T_FLOAT16) v = (double)half_of((uint16_t)whole);
            if (!put(f, i, n, &at, v, whole)) return n + 1;
        }
        if (values.bad) return n + 1;
    }
    return at;
}

static size_t element_bytes(int type) {
    return type == T_FLOAT16 ? 2 : type == T_FLOAT || type == T_INT32 ? 4 : 8;
}

static void raw(struct aw_nn_text bytes, int type, float *f, int64_t *i, size_t n) {
    struct aw_wire w = aw_wire_of(bytes);
    for (size_t k = 0; k < n; k++) {
        uint64_t bits = aw_wire_fixed(&w, element_bytes(type));
        if (type == T_FLOAT) f[k] = float_of((uint32_t)bits);
        if (type == T_DOUBLE) f[k] = (float)double_of(bits);
        if (type == T_FLOAT16) f[k] = half_of((uint16_t)bits);
        if (type == T_INT32) i[k] = (int32_t)(uint32_t)bits;
        if (type == T_INT64) i[k] = (int64_t)bits;
    }
}

/* Weights in a second file: a field of a TensorProto says so. */
static bool outside(const struct aw_wire_field *f) {
    return f->number == TENSOR_EXTERNAL || (f->number == TENSOR_LOCATION && f->varint != 0);
}

/* A TensorProto as a constant in t, whose name is set already when it has none of its own. */
static int tensor(struct parser *p, struct aw_nn_text bytes, struct aw_nn_tensor *t) {
    struct aw_wire w = aw_wire_of(bytes);
    struct aw_wire_field f;
    struct aw_nn_text raw_bytes = {0};
    int type = 0, err;
    while (aw_wire_next(&w, &f)) {
        if (f.number == TENSOR_TYPE) type = (int)(f.varint & 0xff);
        if (f.number == TENSOR_RAW) raw_bytes = f.bytes;
        if (outside(&f)) return fail(p, AW_ERR_UNSUPPORTED, EXTERNAL, t->name);
        if (f.number != TENSOR_DIMS) continue;
        struct aw_wire dims = aw_wire_of(f.bytes);
        if (f.type == AW_WIRE_VARINT && (err = add_dim(p, t, (int64_t)f.varint)) != AW_OK)
            return err;
        while (f.type == AW_WIRE_BYTES && dims.at != dims.end && !dims.bad)
            if ((err = add_dim(p, t, (int64_t)aw_wire_varint(&dims))) != AW_OK) return err;
    }
    if (w.bad) return cut(p);
    if ((err = count(p, t)) != AW_OK) return err;
    bool whole = type == T_INT32 || type == T_INT64;
    if (!whole && type != T_FLOAT && type != T_FLOAT16 && type != T_DOUBLE)
        return fail(p, AW_ERR_UNSUPPORTED, "a tensor of another type than float and integer",
                    t->name);
    if (t->n > bytes.len) /* every element takes a byte at least: no memory for a claim */
        return fail(p, AW_ERR_LENGTH, "fewer bytes than its shape needs", t->name);
    float *floats = whole ? NULL : aw_arena_alloc(p->arena, t->n + !t->n, sizeof *floats);
    int64_t *wholes = whole ? aw_arena_alloc(p->arena, t->n + !t->n, sizeof *wholes) : NULL;
    if (!floats && !wholes) return fail(p, AW_ERR_NOMEM, "too large for the memory given", t->name);
    if (raw_bytes.at) {
        if (raw_bytes.len != t->n * element_bytes(type))
            return fail(p, AW_ERR_LENGTH, "its bytes do not fit its shape", t->name);
        raw(raw_bytes, type, floats, wholes, t->n);
    } else {
        struct elements e = type == T_FLOAT    ? (struct elements){TENSOR_FLOATS, AS_FLOAT}
                            : type == T_DOUBLE ? (struct elements){TENSOR_DOUBLES, AS_DOUBLE}
                            : type == T_INT64  ? (struct elements){TENSOR_INT64S, AS_VARINT}
                                               : (struct elements){TENSOR_INT32S, AS_VARINT};
        if (typed(bytes, e, type, floats, wholes, t->n) != t->n)
            return fail(p, AW_ERR_LENGTH, "its values do not fit its shape", t->name);
    }
    t->f = floats;
    t->i = wholes;
    t->known = t->constant = true;
    return AW_OK;
}

static int initializer(struct parser *p, struct aw_nn_text bytes) {
    int index;
    int err = add_value(p, aw_wire_bytes(bytes, TENSOR_NAME), &index);
    return err == AW_OK ? tensor(p, bytes, &p->g->value[index]) : err;
}

static int input(struct parser *p, struct aw_nn_text bytes) {
    struct aw_nn_graph *g = p->g;
    struct aw_nn_text name = aw_wire_bytes(bytes, INFO_NAME);
    if (find_value(g, name) >= 0) return AW_OK; /* an initialiser: its default is its value */
    struct aw_nn_text type = aw_wire_bytes(aw_wire_bytes(bytes, INFO_TYPE), TYPE_TENSOR);
    struct aw_nn_text shape = aw_wire_bytes(type, TENSOR_TYPE_SHAPE);
    int index;
    int err = add_value(p, name, &index);
    if (err != AW_OK) return err;
    if (aw_wire_number(type, TENSOR_TYPE_ELEM, 0) != T_FLOAT)
        return fail(p, AW_ERR_UNSUPPORTED, "an input that is not float", name);
    if (g->n_in == AW_NN_ENDS) return fail(p, AW_ERR_TOO_MANY, "more than 8 inputs", name);
    struct aw_nn_tensor *t = &g->value[index];
    struct aw_wire w = aw_wire_of(shape);
    struct aw_wire_field f;
    while (aw_wire_next(&w, &f)) {
        if (f.number != SHAPE_DIM) continue;
        int64_t dim = (int64_t)aw_wire_number(f.bytes, DIM_VALUE, 0);
        if ((err = add_dim(p, t, dim > 0 ? dim : p->batch)) != AW_OK) return err;
    }
    t->known = true;
    g->in[g->n_in++] = index;
    return count(p, t);
}

static int constant(struct parser *p, struct aw_nn_node *n) {
    struct aw_wire w = aw_wire_of(n->attributes);
    struct aw_wire_field f;
    while (aw_wire_next(&w, &f)) {
        if (f.number != NODE_ATTRIBUTE) continue;
        struct aw_nn_text value = aw_wire_bytes(f.bytes, ATTR_T);
        if (value.at && aw_nn_text_is(aw_wire_bytes(f.bytes, ATTR_NAME), "value"))
            return tensor(p, value, &p->g->value[n->out[0]]);
    }
    return fail(p, AW_ERR_UNSUPPORTED, "a Constant without a tensor", n->op);
}

static int node_value(struct parser *p, struct aw_nn_node *n, struct aw_wire_field *f) {
    int index = -1, err;
    if (f->number == NODE_INPUT) {
        if (n->n_in == AW_NN_IN) return fail(p, AW_ERR_TOO_MANY, "more than 32 inputs", n->op);
        if (f->bytes.len && (index = find_value(p->g, f->bytes)) < 0)
            return fail(p, AW_ERR_INVAL, "used before anything defines it", f->bytes);
        n->in[n->n_in++] = index;
        return AW_OK;
    }
    if (n->n_out == AW_NN_OUT) return fail(p, AW_ERR_TOO_MANY, "more than 4 outputs", n->op);
    if (f->bytes.len && (err = add_value(p, f->bytes, &index)) != AW_OK) return err;
    n->out[n->n_out++] = index;
    return AW_OK;
}

/* No graphs within nodes, and no weights in other files, for whoever computes the model. */
static int attribute(struct parser *p, struct aw_nn_text bytes, struct aw_nn_text op) {
    struct aw_wire w = aw_wire_of(bytes);
    struct aw_wire_field f, of_tensor;
    while (aw_wire_next(&w, &f)) {
        struct aw_wire t = aw_wire_of(f.bytes);
        if (f.number == ATTR_G || f.number == ATTR_TENSORS || f.number == ATTR_GRAPHS ||
            f.number == ATTR_SPARSE || f.number == ATTR_SPARSES)
            return fail(p, AW_ERR_UNSUPPORTED, "a graph or a list of tensors within a node", op);
        while (f.number == ATTR_T && aw_wire_next(&t, &of_tensor))
            if (outside(&of_tensor)) return fail(p, AW_ERR_UNSUPPORTED, EXTERNAL, op);
    }
    return AW_OK;
}

static int node(struct parser *p, struct aw_nn_text bytes) {
    struct aw_nn_graph *g = p->g;
    struct aw_wire w = aw_wire_of(bytes);
    struct aw_wire_field f;
    struct aw_nn_node n = {.attributes = bytes};
    int err;
    n.op = aw_wire_bytes(bytes, NODE_OP);
    n.name = aw_wire_bytes(bytes, NODE_NAME);
    struct aw_nn_text domain = aw_wire_bytes(bytes, NODE_DOMAIN);
    if (domain.len && !aw_nn_text_is(domain, "ai.onnx"))
        return fail(p, AW_ERR_UNSUPPORTED, "an operator of another domain", n.op);
    /* Inputs first: a node that uses its own output is a cycle. */
    for (unsigned pass = NODE_INPUT; pass <= NODE_OUTPUT; pass++) {
        w = aw_wire_of(bytes);
        while (aw_wire_next(&w, &f))
            if (f.number == pass && f.type == AW_WIRE_BYTES &&
                (err = node_value(p, &n, &f)) != AW_OK)
                return err;
    }
    if (w.bad) return cut(p);
    w = aw_wire_of(bytes);
    while (aw_wire_next(&w, &f))
        if (f.number == NODE_ATTRIBUTE && (err = attribute(p, f.bytes, n.op)) != AW_OK) return err;
    if (n.n_out == 0 || n.out[0] < 0) return fail(p, AW_ERR_INVAL, "a node without output", n.op);
    if (aw_nn_text_is(n.op, "Constant")) return constant(p, &n);
    if (g->n_nodes == AW_NN_NODES) return fail(p, AW_ERR_TOO_MANY, "more than 1024 nodes", n.op);
    g->node[g->n_nodes++] = n;
    return AW_OK;
}

static int output(struct parser *p, struct aw_nn_text bytes) {
    struct aw_nn_graph *g = p->g;
    struct aw_nn_text name = aw_wire_bytes(bytes, INFO_NAME);
    int index = find_value(g, name);
    if (index < 0) return fail(p, AW_ERR_INVAL, "an output that nothing computes", name);
    if (g->n_out == AW_NN_ENDS) return fail(p, AW_ERR_TOO_MANY, "more than 8 outputs", name);
    g->out[g->n_out++] = index;
    return AW_OK;
}

/* Every field `number` of a message through `take`. */
static int each(struct parser *p, struct aw_nn_text message, unsigned number,
                int (*take)(struct parser *p, struct aw_nn_text bytes)) {
    struct aw_wire w = aw_wire_of(message);
    struct aw_wire_field f;
    while (aw_wire_next(&w, &f)) {
        int err = f.number == number && f.type == AW_WIRE_BYTES ? take(p, f.bytes) : AW_OK;
        if (err != AW_OK) return err;
    }
    return w.bad ? cut(p) : AW_OK;
}

static int sparse(struct parser *p, struct aw_nn_text bytes) {
    return fail(p, AW_ERR_UNSUPPORTED, "sparse weights", aw_wire_bytes(bytes, TENSOR_NAME));
}

static int opset(struct parser *p, struct aw_nn_text bytes) {
    struct aw_nn_text domain = aw_wire_bytes(bytes, OPSET_DOMAIN);
    if (domain.len && !aw_nn_text_is(domain, "ai.onnx")) return AW_OK;
    uint64_t version = aw_wire_number(bytes, OPSET_VERSION, 0);
    if (version < AW_ONNX_OPSET_MIN || version > AW_ONNX_OPSET_MAX)
        return fail(p, AW_ERR_VERSION, "an operator set outside 7..21", domain);
    p->g->opset = (int)version;
    return AW_OK;
}

/* One graph, and no functions: two would be merged by others, and read differently. */
static int one_graph(struct parser *p, struct aw_nn_text model) {
    struct aw_wire w = aw_wire_of(model);
    struct aw_wire_field f;
    int graphs = 0;
    while (aw_wire_next(&w, &f)) {
        graphs += f.number == MODEL_GRAPH;
        if (f.number == MODEL_FUNCTIONS || graphs > 1)
            return fail(p, AW_ERR_UNSUPPORTED, "functions, or more than one graph",
                        (struct aw_nn_text){0});
    }
    return w.bad ? cut(p) : AW_OK;
}

int aw_onnx_parse(struct aw_nn_graph *g, const uint8_t *bytes, size_t len, int64_t batch,
                  struct aw_arena *arena, struct aw_nn_why *why) {
    struct parser p = {g, arena, why, batch};
    struct aw_nn_text model = {(const char *)bytes, len};
    struct aw_nn_text graph = aw_wire_bytes(model, MODEL_GRAPH);
    memset(g, 0, sizeof *g);
    if (!graph.at)
        return fail(&p, AW_ERR_MAGIC, "not an ONNX model, or cut off", (struct aw_nn_text){0});
    g->value = aw_arena_alloc(arena, AW_NN_VALUES, sizeof *g->value);
    g->node = aw_arena_alloc(arena, AW_NN_NODES, sizeof *g->node);
    if (!g->value || !g->node)
        return fail(&p, AW_ERR_NOMEM, "too large for the memory given", (struct aw_nn_text){0});
    int err = one_graph(&p, model);
    if (err == AW_OK) err = each(&p, model, MODEL_OPSET, opset);
    if (err == AW_OK && g->opset == 0)
        return fail(&p, AW_ERR_VERSION, "no operator set is named", (struct aw_nn_text){0});
    if (err == AW_OK) err = each(&p, graph, GRAPH_SPARSE, sparse);
    if (err == AW_OK) err = each(&p, graph, GRAPH_INITIALIZER, initializer);
    if (err == AW_OK) err = each(&p, graph, GRAPH_INPUT, input);
    if (err == AW_OK) err = each(&p, graph, GRAPH_NODE, node);
    if (err == AW_OK) err = each(&p, graph, GRAPH_OUTPUT, output);
    if (err == AW_OK && (g->n_in == 0 || g->n_out == 0))
        return fail(&p, AW_ERR_INVAL, "no input or no output", (struct aw_nn_text){0});
    return err;
}

static bool find_attr(const struct aw_nn_node *n, const char *name, struct aw_nn_text *attr) {
    struct aw_wire w = aw_wire_of(n->attributes);
    struct aw_wire_field f;
    while (aw_wire_next(&w, &f)) {
        if (f.number != NODE_ATTRIBUTE || f.type != AW_WIRE_BYTES) continue;
        if (!aw_nn_text_is(aw_wire_bytes(f.bytes, ATTR_NAME), name)) continue;
        *attr = f.bytes;
        return true;
    }
    return false;
}

int64_t aw_onnx_attr_int(const struct aw_nn_node *n, const char *name, int64_t otherwise) {
    struct aw_nn_text attr;
    if (!find_attr(n, name, &attr)) return otherwise;
    return (int64_t)aw_wire_number(attr, ATTR_I, 0); /* protobuf leaves out a zero */
}

float aw_onnx_attr_float(const struct aw_nn_node *n, const char *name, float otherwise) {
    struct aw_nn_text attr;
    struct aw_wire_field f;
    if (!find_attr(n, name, &attr)) return otherwise;
    struct aw_wire w = aw_wire_of(attr);
    while (aw_wire_next(&w, &f))
        if (f.number == ATTR_F && f.type == AW_WIRE_32) return float_of((uint32_t)f.varint);
    return 0;
}

struct aw_nn_text aw_onnx_attr_text(const struct aw_nn_node *n, const char *name) {
    struct aw_nn_text attr;
    return find_attr(n, name, &attr) ? aw_wire_bytes(attr, ATTR_S) : (struct aw_nn_text){0};
}

int aw_onnx_attr_ints(const struct aw_nn_node *n, const char *name, int64_t *values, int cap) {
    struct aw_nn_text attr;
    struct aw_wire_field f;
    int count_of = 0;
    if (!find_attr(n, name, &attr)) return -1;
    struct aw_wire w = aw_wire_of(attr);
    while (aw_wire_next(&w, &f)) {
        if (f.number != ATTR_INTS) continue;
        struct aw_wire packed = aw_wire_of(f.bytes);
        if (f.type == AW_WIRE_VARINT) {
            if (count_of < cap) values[count_of] = (int64_t)f.varint;
            count_of++;
        }
        while (f.type == AW_WIRE_BYTES && packed.at != packed.end && !packed.bad) {
            int64_t v = (int64_t)aw_wire_varint(&packed);
            if (count_of < cap) values[count_of] = v;
            count_of++;
        }
    }
    return count_of;
}
