// The moons task in C++ by hand: forward, backward and update of all points, in double precision.
//
// Vectors are GCC's own, eight numbers each: two of them are what the sixteen neurons of a layer
// say of a point.

#include <cstddef>

namespace {

constexpr int WIDTH = 16;
constexpr int INPUTS = 2;
constexpr int MOST = 128;  // points
constexpr double DECAY = 1e-4;

typedef double Eight __attribute__((vector_size(64), aligned(8)));

struct Row {
    Eight low, high;
    void add(double x, const Row& row) { low += x * row.low, high += x * row.high; }
    void add(const Row& row) { low += row.low, high += row.high; }
    double at(int i) const { return reinterpret_cast<const double*>(this)[i]; }
    double& at(int i) { return reinterpret_cast<double*>(this)[i]; }
};

struct Network {  // as `moons_arrays.arrays` lays it out; a row for each input of a layer
    Row w1[INPUTS], b1, w2[WIDTH], b2, w3;
    double b3;
};

constexpr int COUNT = offsetof(Network, b3) / sizeof(double) + 1;

double relu(double x) { return x > 0.0 ? x : 0.0; }
Row relu(const Row& a) { return {a.low > 0.0 ? a.low : 0.0, a.high > 0.0 ? a.high : 0.0}; }
Row where(const Row& h, const Row& d) {
    return {h.low > 0.0 ? d.low : 0.0, h.high > 0.0 ? d.high : 0.0};
}

Row h1[MOST], h2[MOST], d1[MOST], d2[MOST], across[WIDTH];

// Add up, over the points, the products of a few inputs with the rows of `shares`.
template <int COLUMNS, class Inputs>
void products(const Inputs& inputs, const Row* shares, int n, Row* sums) {
    Row total[COLUMNS] = {};
    for (int p = 0; p < n; p++)
        for (int c = 0; c < COLUMNS; c++) total[c].add(inputs(p, c), shares[p]);
    for (int c = 0; c < COLUMNS; c++) sums[c] = total[c];
}

}  // namespace

extern "C" double step(Network* net, const double (*points)[INPUTS], const double* labels, int n,
                       double rate) {
    Network g = {};
    double total = 0.0, squares = 0.0;
    for (int i = 0; i < WIDTH; i++)
        for (int j = 0; j < WIDTH; j++) across[j].at(i) = net->w2[i].at(j);

    for (int p = 0; p < n; p++) {
        Row a = net->b1, b = net->b2;
        for (int i = 0; i < INPUTS; i++) a.add(points[p][i], net->w1[i]);
        h1[p] = relu(a);
        for (int i = 0; i < WIDTH; i++) b.add(h1[p].at(i), net->w2[i]);
        h2[p] = b = relu(b);
    }
    for (int p = 0; p < n; p++) {
        Eight sum = h2[p].low * net->w3.low + h2[p].high * net->w3.high;
        double score = net->b3;
        for (int j = 0; j < 8; j++) score += sum[j];
        double margin = 1.0 - labels[p] * score;
        total += relu(margin) / n;
        double share = margin > 0.0 ? -labels[p] / n : 0.0;
        g.b3 += share;
        g.w3.add(share, h2[p]);
        Row d = {}, e = {};
        d.add(share, net->w3);
        d2[p] = where(h2[p], d);
        g.b2.add(d2[p]);
        for (int j = 0; j < WIDTH; j++) e.add(d2[p].at(j), across[j]);
        d1[p] = where(h1[p], e);
        g.b1.add(d1[p]);
    }
    products<INPUTS>([&](int p, int c) { return points[p][c]; }, d1, n, g.w1);
    for (int i = 0; i < WIDTH; i += 4)
        products<4>([i](int p, int c) { return h1[p].at(i + c); }, d2, n, g.w2 + i);

    double* numbers = reinterpret_cast<double*>(net);
    const double* gradients = reinterpret_cast<const double*>(&g);
    for (int i = 0; i < COUNT; i++) {
        squares += numbers[i] * numbers[i];
        numbers[i] -= rate * (gradients[i] + 2.0 * DECAY * numbers[i]);
    }
    return total + DECAY * squares;
}
