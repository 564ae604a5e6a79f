package compiler

import "github.com/helios-stream/helios/ir"

// Load makes a query of a plan that has been read: a logical one goes through the
// optimizer and the planner, a physical one is taken as it is, the number of its
// tasks included. One of l and p is nil. An error is a fault of the plan.
func Load(l *ir.Logical, p *ir.Plan, env *Env, o Options) (*Compiled, error) {
	if p != nil {
		return &Compiled{Plan: limitPlan(p, o.Limit)}, nil
	}
	c := &Compiled{Logical: limited(l, o.Limit)}
	var err error
	if c.Optimized, err = c.optimize(env, o); err != nil {
		return nil, err
	}
	if c.Plan, err = Plan(c.Optimized, tasks(o, nil), o); err == nil {
		c.deliver(l.Delivery)
	}
	return c, err
}
