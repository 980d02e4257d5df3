/** Programs to begin with. */
export const EXAMPLES: readonly { name: string; text: string }[] = [
  {
    name: 'x³, where gradients add up',
    text: `x = param(2)
y = x * x * x`,
  },
  {
    name: 'Logistic loss',
    text: `# Four points, their classes, and a line between them.
x = [[1, 2], [-1, 0.5], [2, -1], [-2, -1.5]]
t = [[1], [0], [1], [0]]
w = param([[0.5], [-0.3]])
b = param(0.1)
z = matmul(x, w) + b
loss = mean(softplus(z) - t * z)`,
  },
  {
    name: 'A net of two layers',
    text: `x = [[1, 0], [0, 1], [1, 1]]
t = [[1], [1], [0]]
w1 = param([[0.6, -0.4, 0.2], [-0.3, 0.5, 0.8]])
b1 = param([0.1, 0, -0.1])
w2 = param([[0.7], [-0.2], [0.4]])
h = relu(matmul(x, w1) + b1)
y = matmul(h, w2)
loss = mean(square(y - t))`,
  },
  {
    name: 'Softmax and cross entropy',
    text: `x = [[1, 2], [-1, 1]]
t = [[1, 0, 0], [0, 0, 1]]
w = param([[0.2, -0.5, 0.3], [0.4, 0.1, -0.6]])
loss = -mean(sum(t * logSoftmax(matmul(x, w)), 1))`,
  },
];
